"""How far stated probabilities can be trusted, and how to mend them without touching the ranking."""

import numpy as np


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return row-wise probabilities; shape (texts, labels) in and out."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def fit_temperature(logits: np.ndarray, truth: np.ndarray) -> float:
    """Return the temperature T for which softmax(logits / T) fits held-out labels best.

    `truth` holds column numbers. Temperature scaling: Guo, Pleiss, Sun & Weinberger, "On Calibration of
    Modern Neural Networks", ICML 2017, section 4.2. One number, so it can be folded into the weights.
    """
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        chosen = softmax(logits / np.exp(log_temperature))[np.arange(len(truth)), truth]
        return float(-np.log(np.maximum(chosen, 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2.0, 2.0), method="bounded").x))


def expected_calibration_error(confidence: np.ndarray, correct: np.ndarray, bins: int = 10) -> float:
    """Return the mean gap between stated confidence and share correct, over equal-width bins.

    Naeini, Cooper & Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning",
    AAAI 2015. 0 is perfect.
    """
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(confidence[bin_of == number].mean() - correct[bin_of == number].mean())
        * (bin_of == number).mean()
        for number in np.unique(bin_of)
    ]
    return float(np.sum(gaps))
