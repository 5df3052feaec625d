"""More pairs out of the pairs there are, by rules that keep what is true of them true."""
