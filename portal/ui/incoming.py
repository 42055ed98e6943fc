"""Middleware for what comes in: every text is cleaned before a view or a form reads it, and HEAD is as GET."""

from __future__ import annotations

from collections.abc import Callable

from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase

from portal.text import cleaned

GetResponse = Callable[[HttpRequest], HttpResponseBase]
# Fields of passwords, which are compared as they were typed. A house test knows the fields that have no picture.
AS_TYPED = frozenset({"password", "old", "new", "again"})


class IncomingTextMiddleware:
    """Clean every parameter of an address, every field of a form and every file's name by `portal.text.cleaned`.

    Done here and not in the forms, because views read parameters too, and because no form can forget it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        request.GET = cleaned_fields(request.GET)  # type: ignore[assignment]
        if request.method == "POST":
            request.POST = cleaned_fields(request.POST)  # type: ignore[assignment]
            for _name, files in request.FILES.lists():
                for file in files:
                    file.name = cleaned(file.name or "")


def cleaned_fields(data: QueryDict) -> QueryDict:
    """The same fields with clean texts; `data` itself where there is nothing to clean."""
    if all(cleaned(text) == text for name, texts in data.lists() for text in (name, *texts)):
        return data
    clean = QueryDict(mutable=True, encoding=data.encoding)
    for name, texts in data.lists():
        clean.setlist(cleaned(name), [text if name in AS_TYPED else cleaned(text) for text in texts])
    clean._mutable = False
    return clean


class HeadMiddleware:
    """Answer HEAD as GET, without the body, at every address: previewers of messages ask so before they show one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        response = self.get_response(request)
        request.method = "HEAD"
        if isinstance(response, (FileResponse, StreamingHttpResponse)):
            response.close()
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response
