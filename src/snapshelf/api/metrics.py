"""Figures for Prometheus."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from snapshelf.http import server

router = APIRouter(tags=["operation"])


@router.get("/metrics", summary="Figures for Prometheus", response_class=Response)
async def metrics(request: Request) -> Response:
    """Requests, their seconds, searches by kind, those that found nothing, log lines dropped; over all processes."""
    data, kind = server.of(request).figures.written()
    return Response(data, media_type=kind, headers={"Cache-Control": "no-store"})
