"""The interface itself: three addresses, their documentation, and calm when something fails."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from core import __version__
from core.api import exams, form, manual, problems, schema
from core.api.answering import Answering
from core.api.guard import Guard, Traffic
from core.api.settings import ApiSettings
from core.api.uploads import router as uploads
from core.api.worklists import Worklists
from core.errors import InputError, MammolensError
from core.services import decoding, heatmaps, inference, questions
from core.services.catalogue import Bundle

NOTICE = "Research and teaching only, not for diagnosis of patients."
OLD_TASK = "four-class"
routes = APIRouter()


class Interface(FastAPI):
    """`close` stands for the lifespan, which nobody runs for a mounted application."""

    def __init__(self, settings: ApiSettings) -> None:
        super().__init__(
            title="Mammolens",
            version=__version__,
            description=f"Asks a mammogram classifier about images. {NOTICE}",
            docs_url=None,  # FastAPI's own pages fetch scripts from elsewhere
            redoc_url=None,
            redirect_slashes=False,
        )
        self.settings, self.traffic = settings, Traffic()
        self.answering = Answering(settings)
        self.worklists = Worklists(NOTICE)
        self.include_router(routes)
        self.include_router(uploads)
        self._handle_errors()
        self.add_middleware(Guard, settings=settings, traffic=self.traffic)
        if settings.origins:
            self.add_middleware(
                CORSMiddleware,
                allow_origins=settings.origins,
                allow_methods=["GET", "POST", "PUT", "DELETE"],
                allow_headers=["Authorization", "Content-Type"],
                expose_headers=["Retry-After"],
            )

    def close(self) -> None:
        self.answering.close()
        self.worklists.close()

    def _handle_errors(self) -> None:
        self.add_exception_handler(MammolensError, problems.of_ours)
        self.add_exception_handler(HTTPException, problems.of_http)
        self.add_exception_handler(RequestValidationError, problems.of_validation)
        self.add_exception_handler(Exception, problems.of_any)


def interface(request: Request) -> Interface:
    app = request.app
    if not isinstance(app, Interface):
        raise TypeError("The interface's routes are served by the interface alone.")
    return app


@routes.get("/", include_in_schema=False)
async def index(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/docs")


@routes.get("/docs", include_in_schema=False)
async def docs(request: Request) -> Response:
    address = str(request.url.replace(query="")).removesuffix("/docs")
    return HTMLResponse(manual.page(interface(request).openapi(), address))


@routes.get(
    "/health",
    response_model=schema.Health,
    summary="Whether the server answers",
    response_description="It does, and what it is doing.",
)
async def health(request: Request) -> dict[str, Any]:
    app = interface(request)
    return {
        "status": "ok",
        "version": __version__,
        "models": len(questions.askable()),
        "in_flight": app.traffic.in_flight,
        "most_requests": app.settings.most_requests,
        "decoders": asdict(decoding.status()),
    }


@routes.get(
    "/models",
    response_model=schema.Models,
    summary="The models that can be asked",
    response_description="Each with its classes, figures and heatmap methods.",
)
async def models(request: Request) -> dict[str, Any]:
    found = questions.askable()
    wanted = interface(request).settings.model or (found[0].name if found else "")
    return {"models": [_described(bundle, default=bundle.name == wanted) for bundle in found]}


def _described(bundle: Bundle, *, default: bool) -> dict[str, Any]:
    card = bundle.card
    return {
        "name": bundle.name,
        "title": card.title,
        "summary": card.summary,
        "intended_use": card.intended_use,
        "task": card.task,
        "kind": card.kind,
        "classes": [asdict(one) for one in card.classes],
        "operating_point": asdict(card.operating_point),
        "methods": list(heatmaps.offered(card)),
        "synthetic": card.data.synthetic,
        "metrics": {name: asdict(one) for name, one in card.metrics.items()},
        "measured_on": card.measured_on,
        "shipped": bundle.shipped,
        "default": default,
        "loaded": inference.is_warm(bundle.name),
    }


@routes.post(
    "/predict",
    summary="Ask a model about images",
    response_description="An item for each file, in their order; of a model of kind exam, an item "
    "for each patient.",
    response_model=None,
    responses={200: {"model": schema.Answer}, **schema.REFUSALS},
    openapi_extra=schema.FORM,
)
async def predict(request: Request) -> Response:
    app = interface(request)
    asked = await form.read(request, app.settings)
    try:
        model = asked.model or app.settings.model or _usual(asked)
        bundle = questions.check(model, target=asked.target, method=asked.method)
        exams.check(bundle, asked)
        whole = bundle.card.kind == "exam"
        ask = app.answering.exams if whole else app.answering.answer
        results = await ask(asked, bundle.name)
    finally:
        for file in asked.files:
            await file.close()
    names = [one.name for one in bundle.card.classes]
    rows = [_row(result, names) for result in results]
    if (refusal := _refusal(results, asked.old)) is not None:
        return refusal
    return JSONResponse(
        {
            "notice": NOTICE,
            "model": bundle.name,
            "classes": names,
            "predictions": rows,
            "results": results,
        }
    )


def _usual(asked: form.Asked) -> str:
    """Older clients read a row of four numbers, whatever else there is by now."""
    return questions.usual(task=OLD_TASK if asked.old else "")


def _row(result: dict[str, Any], names: list[str]) -> list[float] | None:
    found = result.get("probabilities")
    return [found[name] for name in names] if found else None


def _answered(result: dict[str, Any]) -> bool:
    """Of an exam, when any of its files could be opened."""
    return bool(result["views"]) if "views" in result else "error" not in result


def _refusal(results: list[dict[str, Any]], old: bool) -> Response | None:
    """When not one file could be answered. Older clients expect a row of numbers or an error."""
    if any(_answered(result) for result in results):
        unfit = [result for result in results if _answered(result) and not result["label"]]
        if not old or not unfit:
            return None
        fault = InputError(" ".join(unfit[0]["fitness"]["reasons"]))
        return problems.Problem(422, str(fault), "unfit-image", results=results)
    first = results[0].get("error") or results[0]["errors"][0]["error"]
    return problems.Problem(first["status"], first["message"], first["code"], results=results)
