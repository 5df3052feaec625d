"""The text of a toy module that builds of packages are tried on: one function, with two examples in its docstring."""

from __future__ import annotations

_FUNCTION = '''def smooth(values, width=3, mode="valid"):
    """Smooth a series of samples with a moving average of fixed width, as toy packages do it, one sample after the other.

    Parameters
    ----------
    values : list
        Samples of the signal.
    width : int
        Number of samples in the window.
    mode : {{'valid', 'same'}}
        What becomes of the ends. With 'same' the output is as long as the input.

    Returns
    -------
    smoothed : list
        The smoothed samples.

    Examples
    --------
    >>> from {module} import smooth
    >>> x = [1.0, 2.0, 6.0, 9.0, 4.0, 4.0, 1.0, 0.0, 2.0]
    >>> y = smooth(x, width={width})
    >>> y
    {shown}

    Keep the length of the series:

    >>> z = smooth(x, width=3, mode="same")
    >>> len(z)
    9
    """
    inner = [sum(values[at : at + width]) / width for at in range(len(values) - width + 1)]
    half = width // 2
    return values[:half] + inner + values[-half:] if mode == "same" else inner
'''


def smoothing_function(module: str, width: int, shown: str) -> str:
    """Return the text of the function `smooth`, whose first example imports it from `module` and shows the result for a window of `width`."""
    return _FUNCTION.format(module=module, width=width, shown=shown)
