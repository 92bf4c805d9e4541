"""Nearest neighbours: exact while that is quick, compressed beyond, both rebuildable from the catalogue."""

from index.vectors.compressed import CompressedIndex
from index.vectors.exact import ExactIndex
from index.vectors.layered import LayeredIndex
from index.vectors.protocol import Ids, VectorIndex

__all__ = ["CompressedIndex", "ExactIndex", "Ids", "LayeredIndex", "VectorIndex"]
