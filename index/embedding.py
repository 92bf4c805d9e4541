"""From texts to unit vectors: the ONNX default, and any sentence-transformers model instead."""

from __future__ import annotations

import copy
import os
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from index import minilm
from index.errors import ModelError

if TYPE_CHECKING:
    import numpy.typing

Vectors: TypeAlias = "numpy.typing.NDArray[numpy.float32]"
"""One vector or several, a row each, float32. NumPy itself is loaded with the first of them."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product is their likeness.

    Many threads may share one: a sync counts while it embeds.
    """

    @property
    def fingerprint(self) -> str:
        """Names the model and everything that changes its vectors; vectors of two never mix."""
        ...

    @property
    def dim(self) -> int:
        """The length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of shape (len(texts), dim), float32, each of length 1."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The number of wordpieces of each text, special tokens not counted."""
        ...


def open_embedder(name: str, cache: Path) -> Embedder:
    """The embedder called `name`: the default model's name, or any that sentence-transformers loads.

    Raises:
        ModelError: the model is missing or damaged.
    """
    if name == minilm.NAME:
        return OnnxEmbedder(minilm.exported(cache))
    return SentenceTransformerEmbedder(name)


class OnnxEmbedder:
    """The default model under onnxruntime.

    Texts are run one at a time on a thread a core. Without padding that is faster than batches on a
    CPU, and a text's vector does not depend on its neighbours, as int8 activations otherwise would.
    """

    dim = 384
    _MAX_TOKENS = 256

    def __init__(self, folder: Path) -> None:
        self.fingerprint = f"{folder.name}+onnx"
        try:
            # The vocabulary is read while onnxruntime is imported: each takes a good part of a start.
            with ThreadPoolExecutor(1) as aside:
                tokenizer = aside.submit(_tokenizer, folder / "tokenizer.json")
                self._session = _session(folder / "model.onnx")
            self._tokenizer = tokenizer.result()
        except Exception as error:  # onnxruntime's exceptions share no base of their own
            raise ModelError(
                f"the exported embedding model is damaged: delete {folder} and start again"
            ) from error

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`; beyond 256 wordpieces a text is not read."""
        import numpy as np

        vectors = np.empty((len(texts), self.dim), dtype=np.float32)

        def embed(row: int) -> None:
            vectors[row] = self._embed_one(texts[row])

        # The longest first: at the end no thread waits long for the others.
        rows = sorted(range(len(texts)), key=lambda row: -len(texts[row]))
        if len(rows) < 2:
            deque(map(embed, rows), maxlen=0)
        else:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                deque(pool.map(embed, rows), maxlen=0)
        return vectors

    def _embed_one(self, text: str) -> Vectors:
        import numpy as np

        # As a batch of one: the other threads go on meanwhile. Where words stand nobody asks.
        (encoding,) = self._tokenizer.encode_batch_fast([text])
        tokens = encoding.ids
        if len(tokens) > self._MAX_TOKENS:
            tokens = tokens[: self._MAX_TOKENS - 1] + tokens[-1:]  # the closing token stays
        ids = np.array([tokens], dtype=np.int64)
        (vectors,) = self._session.run(None, {"input_ids": ids})
        row: Vectors = vectors[0]
        return row

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in encodings]


def _tokenizer(file: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def _session(file: Path) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    # What there is to optimise was, when it was exported.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers can load, by its hub name or the path of its folder."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        try:
            self._model: Any = SentenceTransformer(name)
        except Exception as error:  # a missing model surfaces as any of a dozen vendor exceptions
            reason = str(error).strip().splitlines() or [type(error).__name__]
            raise ModelError(
                f"the embedding model {name!r} cannot be loaded ({reason[0]}): give the path of its "
                "folder, or its hub name while online"
            ) from error
        # One of its own: the model's is set otherwise in the middle of each call.
        self._counter: Any = copy.deepcopy(self._model.tokenizer)
        self.fingerprint = f"{name}+sentence-transformers"
        self.dim = len(self.embed([""])[0])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.embed`."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        )
        return np.asarray(vectors, dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Embedder.count_tokens`."""
        if not texts:
            return []
        tokens = self._counter(list(texts), add_special_tokens=False, verbose=False)
        return [len(ids) for ids in tokens["input_ids"]]
