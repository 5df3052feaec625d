"""Teachers write the text of pairs. `rules` is embedded, needs no model and gives the same text everywhere."""
