"""The single-choice models that ship: what their classes mean, what they learn from, where they fail."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from ml.classes.labels_file import read_labelled
from ml.weights import ANY_LANGUAGE


@dataclass(frozen=True)
class ClassTask:
    """A shipped single-choice model.

    `labels` are the classes and what they mean. `read` returns the training texts below a folder of public data
    (label, tokens and, if texts are to be held out together, group), `validation` the texts that no training sees,
    by file name.
    """

    name: str
    title: str
    language: str
    labels: dict[str, str]
    read: Callable[[Path], pd.DataFrame]
    validation: Callable[[Path], dict[str, pd.DataFrame]]
    data: list[dict[str, str]]
    scores_meaning: str
    known_failures: list[str]
    builds_on_sentiment: bool = False


EMOTIONS = {
    "anger": "The author is angry, annoyed or outraged.",
    "joy": "The author is happy, amused or delighted.",
    "optimism": "The author is hopeful, or encourages others.",
    "sadness": "The author is sad, disappointed or low.",
}
SPAM_LABELS = {
    "ham": "Written for those who read it.",
    "spam": "Written to draw people elsewhere: adverts, begging for clicks and subscribers, chain letters.",
}
SPAM_CLASSES = {"0": "ham", "1": "spam"}


def _read_emotion(folder: Path) -> pd.DataFrame:
    return read_labelled(folder / "emotion" / "en_train.tsv", allowed=list(EMOTIONS)).texts


def _emotion_validation(folder: Path) -> dict[str, pd.DataFrame]:
    path = folder / "emotion" / "en_validation.tsv"
    return {path.name: read_labelled(path, allowed=list(EMOTIONS)).texts}


def _read_spam(folder: Path) -> pd.DataFrame:
    paths = sorted((folder / "spam").glob("*.csv"))
    if not paths:
        raise FileNotFoundError(f"{folder / 'spam'}: has no .csv files; name the folder of public data")
    of_videos = [
        read_labelled(
            path,
            text_column="CONTENT",
            label_column="CLASS",
            rename=SPAM_CLASSES,
            allowed=list(SPAM_LABELS),
        ).texts.assign(group=path.stem)
        for path in paths
    ]
    texts = pd.concat(of_videos, ignore_index=True)
    return texts[~texts["tokens"].map(tuple).duplicated()].reset_index(drop=True)


CLASS_TASKS = {
    "emotion": ClassTask(
        name="emotion",
        title="Emotion: anger, joy, optimism, sadness",
        language="en",
        labels=EMOTIONS,
        read=_read_emotion,
        validation=_emotion_validation,
        data=[
            {
                "name": "TweetEval emotion (SemEval-2018 task 1, four of its emotions), training part",
                "licence": "research terms of the task",
                "note": "English tweets; the texts themselves are not part of the project",
            },
        ],
        scores_meaning="Five-fold cross-validation on the training part, by which all settings were chosen, and the "
        "validation part, which nothing was chosen by. Calibration error is the expected calibration error (ECE) "
        "after temperature scaling.",
        known_failures=[
            "Every text gets one of the four: fear, disgust and calm are called by the nearest of them, and a text "
            "without emotion too. Read it where sentiment says that a text is not neutral.",
            "The training tweets were collected by emotion words and hashtags; texts without any are harder.",
            "Optimism is the rarest class and the least sure; hope is often called joy.",
            "Sarcasm is read literally.",
        ],
        builds_on_sentiment=True,
    ),
    "spam": ClassTask(
        name="spam",
        title="Spam: comments that draw people elsewhere",
        language=ANY_LANGUAGE,
        labels=SPAM_LABELS,
        read=_read_spam,
        validation=lambda folder: {},
        data=[
            {
                "name": "YouTube Spam Collection (Alberto, Lochter and Almeida 2015)",
                "licence": "none stated",
                "note": "comments under music videos, mostly English, as they were posted in 2013-2015",
            },
        ],
        scores_meaning="Cross-validation by video: the comments under each video are scored by models that saw the "
        "other videos only, and all settings were chosen so. Calibration error is the expected calibration error "
        "(ECE) after temperature scaling.",
        known_failures=[
            "Learnt under music videos: a brand's own offers, with a link and 'subscribe', look like spam.",
            "Spam without a link, a plea or a channel ('lovely girl talk to me') is missed.",
            "Texts in other languages than English are scored by their links and loan words only.",
            "It reads one text at a time; that an author posts it everywhere is not seen.",
        ],
    ),
}
