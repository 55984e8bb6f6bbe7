"""What a points card is measured against: a plain logistic regression, and boosted trees, on the
same rows and columns.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api import types
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

NO_VALUE = "no value"
MOST_CATEGORIES = 200  # what HistGradientBoostingClassifier can hold is 255


def logistic(train: pd.DataFrame, outcomes: pd.Series, test: pd.DataFrame) -> np.ndarray:
    """Scores by scikit-learn's defaults: numbers imputed by the median and scaled, categories
    one-hot.
    """
    numbers, texts = _kinds(train)
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore"), texts),
        ]
    )
    return _scores(make_pipeline(prepare, LogisticRegression(max_iter=2000)), train, outcomes, test)


def boosting(train: pd.DataFrame, outcomes: pd.Series, test: pd.DataFrame) -> np.ndarray:
    """Scores of boosted trees, defaults; the most frequent categories are distinguished."""
    numbers, texts = _kinds(train)
    encode = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
        max_categories=MOST_CATEGORIES,
        encoded_missing_value=np.nan,
    )
    prepare = ColumnTransformer([("numbers", "passthrough", numbers), ("texts", encode, texts)])
    is_category = [False] * len(numbers) + [True] * len(texts)
    trees = HistGradientBoostingClassifier(categorical_features=is_category, random_state=0)
    return _scores(make_pipeline(prepare, trees), train, outcomes, test)


def _scores(
    model: Pipeline, train: pd.DataFrame, outcomes: pd.Series, test: pd.DataFrame
) -> np.ndarray:
    if not len(train.columns):
        return np.zeros(len(test))
    model.fit(_filled(train), outcomes)
    return model.predict_proba(_filled(test))[:, 1]


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    _, texts = _kinds(frame)
    return frame.assign(
        **{
            name: frame[name].map(lambda value: NO_VALUE if value is None else str(value))
            for name in texts
        }
    )


def _kinds(frame: pd.DataFrame) -> tuple[list[str], list[str]]:
    numbers = [name for name in frame.columns if types.is_float_dtype(frame[name])]
    return numbers, [name for name in frame.columns if name not in numbers]
