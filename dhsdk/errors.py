"""The error family. Every message gives the rule, the value found and, where there is one, the mend, in one line.

DhsdkError
├── RequestError            the request cannot be carried out as asked (exit code 2)
│   ├── ParamError          a value of a Params field or of a plan path
│   ├── PromptError         words that the generator cannot turn into a plan
│   ├── UnknownName         no generator, format, model, rasterizer or node of that name
│   ├── MissingExtra        an optional dependency is not installed; the message is the pip line
│   ├── NetworkNotAllowed   something would need the network, and the user did not allow it
│   └── ReadError           an input file is missing, broken, over a limit or reaches outside its folder
├── SceneError              a scene or one of its parts breaks a rule (shape, range, reference)
├── WriteError              a file could not be written; what stood there before still stands
│   └── FormatRefused       this format cannot carry this asset; the message says why and what can
├── PluginError             a plugin failed; the message names it
├── RenderError             a picture cannot be made of this
├── GenerationError         a network or a sampler gave what cannot be used (NaN, a wrong shape)
└── Cancelled               the user or the caller stopped the work
"""

from __future__ import annotations


class DhsdkError(Exception):
    """Root of the family: catching it catches everything that dhsdk raises on purpose."""

    exit_code = 1


class RequestError(DhsdkError):
    exit_code = 2


class ParamError(RequestError):
    pass


class PromptError(RequestError):
    pass


class UnknownName(RequestError):
    pass


class MissingExtra(RequestError):
    @classmethod
    def of(cls, what: str, extra: str) -> MissingExtra:
        """The error that tells how to install `extra`, which `what` needs."""
        return cls(f"{what} needs an optional dependency: pip install 'dhsdk[{extra}]'")


class NetworkNotAllowed(RequestError):
    pass


class ReadError(RequestError):
    pass


class SceneError(DhsdkError):
    pass


class WriteError(DhsdkError):
    pass


class FormatRefused(WriteError):
    exit_code = 2


class PluginError(DhsdkError):
    pass


class RenderError(DhsdkError):
    pass


class GenerationError(DhsdkError):
    pass


class Cancelled(DhsdkError):
    exit_code = 130
