"""The answer, how far the run is, and what it takes from the machine, at one glance."""

import html
from pathlib import Path

import streamlit as st

from core.domain.runs import RunState
from core.services import run_machine
from core.services.run_answer import Answer, Mood
from core.services.run_table import RunRow
from ui import words
from ui.train import measures

_STYLE = Path(__file__).parent / "style.css"


def look() -> None:
    st.html(_STYLE)


def show(row: RunRow, answer: Answer) -> None:
    parts = [_answer(row, answer), *_bars(row), _gauges(row), _sentences(row)]
    st.html(f'<section class="cockpit" aria-label="How it goes">{"".join(parts)}</section>')


def _answer(row: RunRow, answer: Answer) -> str:
    """Why a run ended is said above, beside what can be done about it."""
    mood = Mood.BAD if row.state is RunState.FAILED else answer.mood
    name = row.name if row.name == row.id else f"{row.name}, {row.id}"
    said = "" if row.fault else answer.sentence
    return (
        f'<div class="answer mood-{mood.value}"><p class="kicker">{html.escape(name)}</p>'
        f'<p class="verdict">{html.escape(said)}</p><p>{html.escape(_best(row, answer))}</p></div>'
    )


def _best(row: RunRow, answer: Answer) -> str:
    if answer.value != answer.value:
        return ""
    where = f"epoch {answer.epoch}" + (f" of {row.epochs}" if row.epochs else "")
    return f"Best {measures.column(answer.metric)}: {words.figure(answer.value)}, in {where}."


def _bars(row: RunRow) -> list[str]:
    status = row.status
    if row.state not in (RunState.RUNNING, RunState.STOPPING):
        done = words.count(status.epoch, "epoch")
        text = f"{done} of {row.epochs} done" if row.epochs else done
        return [_bar("All epochs", row.progress, text)] if row.epochs else []
    epoch = min(status.epoch + 1, max(row.epochs, 1))
    text = f"Epoch {epoch} of {row.epochs}{_left(row)}"
    within = status.step / status.steps if status.steps else 0.0
    step = f"step {status.step:,} of {status.steps:,}" if status.steps else ""
    doing = ", ".join(part for part in (status.doing, step) if part)
    return [_bar("All epochs", row.progress, text), _bar("This epoch", within, doing)]


def _left(row: RunRow) -> str:
    if row.seconds_left is None:
        return ""
    about = "at most" if row.may_stop_early else "about"
    return f", {about} {words.duration(row.seconds_left)} left"


def _bar(label: str, share: float, text: str) -> str:
    percent = round(100 * min(1.0, max(0.0, share)), 1)
    return (
        f'<div class="way"><span>{html.escape(text)}</span>'
        f'<div class="track" role="progressbar" aria-label="{label}" aria-valuemin="0" '
        f'aria-valuemax="100" aria-valuenow="{percent}" aria-valuetext="{html.escape(text)}">'
        f'<div style="width:{percent}%"></div></div></div>'
    )


def _gauges(row: RunRow) -> str:
    items = "".join(
        f"<div><dt>{html.escape(name)}</dt><dd>{html.escape(value)}</dd></div>"
        for name, value in gauges(row).items()
        if value
    )
    return f'<dl class="gauges">{items}</dl>' if items else ""


def gauges(row: RunRow) -> dict[str, str]:
    status = row.status
    at_work = row.state in (RunState.RUNNING, RunState.STOPPING)
    speed = status.images_per_second if at_work else row.figures.get("images_per_second", 0.0)
    found = {
        "Images a second": words.figure(speed) if speed else "",
        "Time at work": words.duration(row.seconds) if row.seconds else "",
    }
    taken = run_machine.taken(status) if at_work else None
    if taken is None:
        return found
    found["Memory"] = f"{_gb(taken.memory)} of {_gb(taken.machine_memory)} GB"
    if taken.processors is not None:
        found["Processors"] = f"{taken.processors:.1f} of {taken.machine_processors}"
    for gpu in taken.gpus:
        load = f"{gpu.load:.0%}, " if gpu.load is not None else ""
        found[f"{gpu.name} ({gpu.index})"] = f"{load}{gpu.used_gb:.1f} of {gpu.memory_gb:.0f} GB"
    return found


def _gb(size: int) -> str:
    return words.figure(size / 2**30)


def _sentences(row: RunRow) -> str:
    """What the run itself has to say, such as copies found across the split."""
    items = "".join(f"<li>{html.escape(text)}</li>" for text in row.status.notes)
    return f'<ul class="said">{items}</ul>' if items else ""
