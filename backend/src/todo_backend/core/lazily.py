"""What takes long to load, and is not needed to be ready."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from todo_backend.core.memory import loading

T_co = TypeVar("T_co", covariant=True)


class Lazily(Generic[T_co]):
    """What `load` imports and makes, once it is wanted: in a thread, so that other requests are answered meanwhile."""

    def __init__(self, load: Callable[[], T_co]) -> None:
        self._load = load
        self._loading: asyncio.Task[T_co] | None = None

    def begin(self) -> None:
        """Load it, unless it is there or on its way: whoever gets it later waits for less."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(self._loaded))

    async def get(self) -> T_co:
        """The thing. Raises what `load` raised."""
        self.begin()
        assert self._loading is not None  # noqa: S101 (it has begun)
        return await asyncio.shield(self._loading)

    def _loaded(self) -> T_co:
        with loading():
            return self._load()
