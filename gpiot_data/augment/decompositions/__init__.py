"""Variants of decompositions: another sensor, another representation, a budget; each with sub-tasks written anew from the ontology."""
