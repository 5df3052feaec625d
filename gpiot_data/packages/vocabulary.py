"""The words by which verbs are told from nouns, and names from common words."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


#: Verbs that open summaries and example texts in the imperative.
VERBS = words(
    """
    add adjust align analyse analyze append apply approximate arrange assemble assign build calculate call cascade center check choose
    classify clip cluster collect combine compare compute concatenate construct convert convolve copy correct correlate count create
    cross-correlate decimate decode decompose deconvolve define demodulate demonstrate denoise derive describe design detect determine
    detrend differentiate discretize display divide downsample draw encapsulate encode enumerate estimate evaluate examine expand
    extract factor factorize fill filter find fit form format generate get group handle identify implement infer initialize insert
    integrate interpolate invert iterate join label limit list load locate make map mask match measure merge minimize model modify
    modulate multiply normalise normalize obtain open optimize order pack pad parse partition perform place plot predict prepare print
    process produce project provide quantise quantize ravel read recompose reconstruct record reduce refine remove reorder repeat
    replace represent resample rescale reset reshape resolve return rotate round run sample scale score search segment select send
    separate set shift show simplify simulate smooth solve sort split stack store study subtract sum synthesize threshold transform
    translate truncate unpack unravel unwrap update upsample use validate verify visualize wrap write
    """
)
#: More verbs that open summaries; headings have them as nouns.
SUMMARY_VERBS = VERBS | words(
    """
    access adapt aggregate alter annotate assert assess attach attempt augment binarize bootstrap bracket broadcast buffer calibrate
    cast change cite clear close coerce color compose compress conform connect consolidate constrain contract cover crop cross-validate
    deactivate decide delete delineate dilate discard down-sample download drop dump duplicate embed emit enable enhance ensure equalize
    erode establish execute export expose extend factorise fetch fix flag flatten flip fold force forecast freeze go hide highlight
    import impute increase increment indicate init initialise inject inpaint inspect instantiate interchange interleave interpret
    introduce investigate invoke jitter keep learn lift linearize localize look maximize mirror monitor move mutate name notify offset
    optimise output oversample parametrize permute pick pickle pop position prefilter preserve prune pull put quantify query raise
    randomize rank re-reference rearrange recode recover refit register regress reindex reject relabel remap rename render repair report
    request resize restore retain retrieve reverse roll save scan scatter schedule serialize shorten shrink shuffle skip slice specify
    squeeze standardise standardize stop stratify stream stretch strip subsample summarise summarize suppress swap symmetrize
    synchronize take tell test tile toggle trace train transfer transpose traverse trim tune turn undersample undo unify unpivot unstack
    up-sample vectorize wait warp whiten yield zero zoom
    """
)
#: These are verbs whatever follows.
SURE_VERBS = words(
    """
    apply calculate call check compute convert create define determine estimate evaluate extract find generate get invoke load look make
    obtain provide return search set wait yield
    """
)
#: Verbs that are nouns as well: in front of these words they are.
NOUN_AFTER = words(
    """
    are bank class coefficients design designs error errors for function generator is length model object of order response sequence
    size state statistic statistics version was
    """
)
#: A line that ends in one of them goes on in the next.
OPEN_ENDED = words(
    """
    a all an and any are as at be been both by can contain contains either every for from had has have if in into is its may must no nor
    not of on one only or over per should such than that the their then these this those to under using via was were when where which
    whose will with without would
    """
)
#: Words that go on with a sentence at the start of a line.
CONTINUING = words(
    """
    a an and are as at be because been between but by can for from had has have if in into is its may must nor not of on only or over
    per should so such than that the their then these this those to under until using via was were when where which while whose will
    with without would
    """
)
#: Words that open sentences where they have a capital letter.
SENTENCE_OPENERS = words(
    """
    A All Also Alternatively An Any At Both By Can Default Defaults Each Either Every For From However If In It Its Like May Must No
    Note Of On Once One Only Optional Or Otherwise Ratio See Set Should Similar Since Some Such That The Then There These They This To
    Usually Values Whether When Where Which While Will With You
    """
)
#: What follows the verb of a clause, not a noun in a name.
AFTER_VERB = words(
    """
    a all an any between data dates each every his if it its no one only over predictions that the their them this two values whether
    """
)
#: First words of names, which stay capital inside a sentence.
PROPER = words(
    """
    Airy Anderson Bartlett Bayes Bayesian Bernoulli Bernstein Bessel Bessel/Thomson Bi-CG Blackman Bode Bohman Boltzmann Box Brent
    Bron-Kerbosch Butterworth Canberra Canny Cauchy Cauer Chebyshev Chirp-Z Cholesky Cohen Daubechies Delaunay Dijkstra Dirichlet Dolph
    Durbin Euclidean Euler Fisher Fourier Frangi Frechet Friedman Frobenius Gabor Gauss Gaussian Gini Gini's Granger Gumbel Haar Halton
    Hamming Hankel Hann Hermite Hermitian Hessian Hilbert Hoeffding Holt Householder Huber Hurwitz Jaccard Jacobi Jacobian Jarque-Bera
    Johansen Kaiser Kalman Katz Kelvin Kendall Kendall's Kolmogorov Krogh Kronecker Krylov Lagrange Laguerre Lambert Lanczos Laplace
    Lasso Latin Lebedev Ledoit-Wolf Legendre Levene Levy Linear-Phase Ljung-Box Lomb Lyapunov Mahalanobis Manhattan Mann-Whitney Markov
    Matern Mathieu Matthews Maxwell Mellin Mexican Minkowski Monte Moran Morlet Nelder Newton NumPy Nyquist Otsu Otsu's Pareto Parks
    Parzen Pearson Pearson's Petrosian Poisson Powell Prewitt Procrustes Pythagorean Python Rand Rayleigh Remez Riccati Ricker Ridge
    Riemann Roberts Romberg Rényi Savitzky-Golay Scharr Schur SciPy Shannon Shapiro Slepian Sobel Sobol Spearman Spearman's Struve
    Student Student's Sylvester Taylor Theil-Sen Thompson Tikhonov Toeplitz Tsallis Tukey Vandermonde Viterbi Voigt Ward Wasserstein
    Weibull Welch White Wiener Wilcoxon Zernike Zipf
    """
)
#: Heads of names that a class works out.
MEASURES = words(
    """
    accuracy area coefficient completeness correlation count covariance curve deviation distance entropy error homogeneity index
    information kurtosis loss maximum mean median minimum mode norm peak precision quantile range rate ratio recall score skew skewness
    statistic statistics sum variance
    """
)
#: Heads of names of what a function works out; other things it gives are there already, or are made.
QUANTITIES = MEASURES | words(
    """
    acceleration admittance amplitude angle antiderivative approximation argument arc-cosine arc-sine arc-tangent arccosine arcsine
    arctangent attenuation autocorrelation autocovariance average bandwidth bound bounds capacity cardinality ceiling centrality
    centroid circumference closeness cofactor connectivity conjugate convolution cosine coverage cross-correlation cubature cumulant
    cutoff decomposition degree delay density depth derivative determinant deviance diameter difference differential dilation
    dimension modulo divergence duration eccentricity efficiency eigenvalue eigenvector energy envelope erosion estimate evidence exponent
    exponential expansion expectation factorial factorization fft floor flow fraction frequency gain gradient gramian height heterogeneity
    hypotenuse impedance importance increment inertia inner integral intersection intensity interpolation interval inverse jacobian
    hessian laplacian lag length likelihood log logarithm log-likelihood magnitude margin mass metric minor moment momentum
    multiplicity norms number odds orientation overlap p-value percentage percentile perimeter period periodogram permanent phase
    polynomial position power predicate prediction pressure probability product projection proportion pseudoinverse pseudo-inverse
    quadrature quotient radius rank reciprocal regression remainder residual residue resolution response rotation roughness roundness
    root salience sensitivity separation series sign significance similarity sine size slope solution specificity spectrogram
    spectrum speed spread square standard-deviation statistic-value strength subtraction sum-of-squares support tangent temperature
    term threshold time trace transform transformation truncation uncertainty union variation velocity volume weight width window
    """
)
#: Heads of names of what a class does; any other name is a thing to create.
PROCESSES = words(
    """
    allocation analysis approximation averaging bagging binning boosting calibration classification clustering coding compression
    conversion deconvolution decomposition detection discretisation discretization elimination embedding encoding estimation factorisation
    factorization filtering hashing imputation integration interpolation learning matching normalisation normalization over-sampling
    oversampling projection propagation ranking re-sampling reduction regression resampling sampling scaling search segmentation
    selection smoothing strategy transformation under-sampling undersampling visualisation visualization
    """
)


def verb_behind(word: str) -> str | None:
    """Return the verb behind "Compute" or "Computes"; None where the word is none."""
    low = word.lower()
    for candidate in (low, low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("ies") + "y"):
        if candidate in SUMMARY_VERBS:
            return candidate
    return None
