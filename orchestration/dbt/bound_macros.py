"""The macros that a context of dbt sees, bound to it when they are first looked at.

A context sees 900 macros, a node has three contexts, and a template calls some ten of them. dbt
binds them all each time. Here the names are collected once for all nodes of a package.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from operator import is_
from typing import Any


class Bound(dict[str, Any]):
    """A dict that makes the values of further names when they are first looked at. Whoever looks at
    all of it finds them all.
    """

    def __init__(self, further: Mapping[str, Any], make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._further, self._make = further, make

    def __missing__(self, name: str) -> Any:
        made = self[name] = self._make(self._further[name])
        return made

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self._further

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default where there is none."""
        try:
            return self[name]
        except KeyError:
            return default

    def hides(self) -> set[str]:
        """Names that have a value and a further one."""
        return self._further.keys() & set(super().keys())

    def bind(self, name: str) -> None:
        """The further value of the name, whatever it has now."""
        self.__missing__(name)

    def _complete(self) -> None:
        for name in self._further:
            if not super().__contains__(name):
                self.__missing__(name)

    def __iter__(self) -> Iterator[str]:
        self._complete()
        return super().__iter__()

    def __bool__(self) -> bool:
        return bool(self._further) or super().__len__() > 0

    def __len__(self) -> int:
        self._complete()
        return super().__len__()

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """All names."""
        self._complete()
        return super().keys()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]
        """All values."""
        self._complete()
        return super().values()

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]
        """All names and values."""
        self._complete()
        return super().items()


class Names:
    """What names mean for the nodes of a package, in dbt's order: its own macros, those of the root
    project, the packages by their names, dbt's own macros.
    """

    def __init__(self, macros: Mapping[str, Mapping[str, Any]], builder: Any) -> None:
        self._made_of = _all(macros)
        internal = builder.internal_package_names
        self.packages = {name: dict(of) for name, of in macros.items() if name not in internal}
        self.local = self.packages.get(builder.search_package, {})
        is_own = builder.root_package == builder.search_package
        self.root = {} if is_own else self.packages.get(builder.root_package, {})
        self.internal: dict[str, Any] = {}
        for name in reversed(builder.internal_package_names_order):
            self.internal.update(macros.get(name, {}))
        self.top = {**self.internal, **self.root, **self.local}

    def are_of(self, macros: Mapping[str, Mapping[str, Any]]) -> bool:
        """Whether these are the very macros that the names were made of."""
        found = _all(macros)
        return len(found) == len(self._made_of) and all(map(is_, found, self._made_of))


def _all(macros: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    return [macro for package in macros.values() for macro in package.values()]


def _bind(context: Any, names: Names, builder: Any) -> Any:
    """The namespace of a context, which itself gets what the names mean."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.macros import MacroNamespace

    def generator(macro: Any) -> MacroGenerator:
        return MacroGenerator(macro, context._ctx, builder.node, builder.thread_ctx)

    context._ctx = Bound(names.top, generator)  # empty until then
    return MacroNamespace(
        global_namespace=Bound(names.root, generator),
        local_namespace=Bound(names.local, generator),
        global_project_namespace=Bound(names.internal, generator),
        packages={name: Bound(of, generator) for name, of in names.packages.items()},
    )


def _show(context: Bound, namespace: Any) -> Bound:
    """The context, in which macros and packages go before what dbt itself has of the name."""
    for name in context.hides():
        context.bind(name)
    packages = {"dbt": namespace.global_project_namespace, **namespace.packages}
    for name, members in packages.items():
        if name not in namespace.global_namespace and name not in namespace.local_namespace:
            context[name] = members
    return context


def install() -> None:
    """Contexts of dbt that see all macros bind them so."""
    from dbt.context.macros import MacroNamespace
    from dbt.context.manifest import ManifestContext

    flat_to_dict = super(ManifestContext, ManifestContext).to_dict
    slow_to_dict = ManifestContext.to_dict
    known: dict[tuple[str, ...], Names] = {}

    def build_namespace(self: Any) -> MacroNamespace:
        builder = self._get_namespace_builder()
        macros = self.manifest.get_macros_by_package()
        key = (builder.root_package, builder.search_package, *builder.internal_package_names_order)
        if key not in known or not known[key].are_of(macros):
            known[key] = Names(macros, builder)
        return _bind(self, known[key], builder)

    def to_dict(self: Any) -> Any:
        if type(self.namespace) is not MacroNamespace:
            return slow_to_dict(self)
        return _show(flat_to_dict(self), self.namespace)

    ManifestContext._build_namespace = build_namespace
    ManifestContext.to_dict = to_dict
