"""An index that many machines search and one writes: the catalogue published to a Milvus server."""
