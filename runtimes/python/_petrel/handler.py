"""From the handler's name to the function: pkg/mod.handler or pkg.mod.handler below the task root."""

import sys

from .faults import Fault


def load(name):
    module_name, dot, function = name.rpartition(".")
    if not dot:
        raise Fault("MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    if module_name.split(".")[0] in sys.builtin_module_names:
        raise Fault("BuiltInModuleConflict", f"Cannot use built-in module {module_name} as a handler module")
    path = module_name.replace("/", ".")
    try:
        __import__(path)
        module = sys.modules[path]
    except ImportError as error:
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("UserCodeSyntaxError", f"Syntax error in module '{module_name}': {error}", trace) from error
    except ValueError as error:  # An empty or relative part of the name.
        raise Fault("ImportModuleError", f"Unable to import module '{module_name}': {error}") from error
    try:
        return getattr(module, function)
    except AttributeError:
        raise Fault("HandlerNotFound", f"Handler '{function}' missing on module '{module_name}'") from None
