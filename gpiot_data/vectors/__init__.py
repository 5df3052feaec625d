"""Texts as vectors: encoders, a cache of what they made, and exact search among unit vectors.

Importing this package loads no model and no heavy library.
"""

from gpiot_data.vectors.cached import CachedEncoder
from gpiot_data.vectors.encoder import GRID, Encoder, to_grid
from gpiot_data.vectors.models import open_encoder
from gpiot_data.vectors.search import Neighbours, cosines_of, neighbours

__all__ = ["GRID", "CachedEncoder", "Encoder", "Neighbours", "cosines_of", "neighbours", "open_encoder", "to_grid"]
