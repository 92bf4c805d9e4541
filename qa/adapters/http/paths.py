"""Which paths are the API's, and which the page's: what stands before the routes goes by them."""

from __future__ import annotations

# Where programs call, who send a token as a header and may call so often and no more.
_CALLED = ("/v1/", "/mcp")
# Whether the server lives is no secret, and those who look do not always know the token.
OPEN = ("/health", "/ready")
_OURS = (*_CALLED, *OPEN, "/metrics", "/docs", "/openapi.json")


def is_ours(path: str) -> bool:
    """Whether a path is the API's, and not the page's."""
    return path.startswith(_OURS)


def is_called(path: str) -> bool:
    """Whether a path is one that questions and documents come to."""
    return path.startswith(_CALLED)
