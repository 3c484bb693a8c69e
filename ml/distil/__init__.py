"""Knowledge distillation: a small transformer teaches the linear sentiment model; at training time only.

The models that score in the warehouse are weights of words. A fine-tuned encoder reads word order, negation and
context, and so knows more than the labels of its training texts say: that one negative tweet is nearly neutral,
what an unlabelled title would be called. `python -m ml.distil` fine-tunes such a teacher on the labelled English
tweets and writes its class probabilities ("soft labels") for labelled and unlabelled texts. A linear model that
learns from them as well as from the labels generalises better than from the labels alone
(Hinton, Vinyals and Dean 2015, "Distilling the Knowledge in a Neural Network", arXiv:1503.02531).

- `texts` reads the files: what is learnt from, what is labelled, what is withheld. No text of a validation or
  test file is in either.
- `encoder` fine-tunes and applies one encoder. It alone needs torch and transformers.
- `crossfit` trains one encoder per fold and labels every text with those that have not learnt from it.

Nothing that runs in the warehouse imports this package. It needs `pip install 'listenhouse[distil]'` and the folder
of an encoder: config.json, model.safetensors and tokenizer.json of any BERT-like model.
"""
