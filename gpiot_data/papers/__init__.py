"""PDF -> lines with places -> reading order -> sections -> technical modules."""
