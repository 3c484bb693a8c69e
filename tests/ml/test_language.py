"""Languages of texts: told apart, left open where there is no telling, and the same in every run."""

import time

import pyarrow as pa
import pytest

from ml.language import UNSURE, detect, detect_languages

TEXTS = {
    "en": "The new coffee machine broke after two weeks and nobody answers my mail",
    "id": "Mesin kopi baru ini rusak setelah dua minggu dan tidak ada yang menjawab",
    "es": "La cafetera nueva se rompió a las dos semanas y nadie contesta mis correos",
    "de": "Die neue Kaffeemaschine ging nach zwei Wochen kaputt und niemand antwortet mir",
    "fr": "La nouvelle machine à café est tombée en panne et personne ne me répond",
    "it": "La nuova macchina del caffè si è rotta dopo due settimane e nessuno risponde",
    "pt": "A máquina de café nova avariou em duas semanas e ninguém responde aos meus emails",
    "ar": "تعطلت آلة القهوة الجديدة بعد أسبوعين ولا أحد يرد على رسائلي",
    "hi": "नई कॉफी मशीन दो हफ्ते में खराब हो गई और कोई जवाब नहीं देता",
    "nl": "De nieuwe koffiemachine was na twee weken kapot en niemand antwoordt mij",
    "tr": "Yeni kahve makinesi iki hafta sonra bozuldu ve kimse cevap vermiyor",
    "pl": "Nowy ekspres do kawy zepsuł się po dwóch tygodniach i nikt nie odpowiada",
    "ru": "Новая кофемашина сломалась через две недели, и никто не отвечает",
    "uk": "Нова кавоварка зламалася через два тижні, і ніхто не відповідає",
    "ja": "新しいコーヒーメーカーが二週間で壊れて、誰も返事をくれません",
    "ko": "새 커피 머신이 이 주 만에 고장 났는데 아무도 답장을 안 해요",
    "zh": "新的咖啡机两周就坏了，没有人回复我的邮件",
    "el": "Η νέα μηχανή του καφέ χάλασε σε δύο εβδομάδες και κανείς δεν απαντά",
    "th": "เครื่องชงกาแฟใหม่เสียภายในสองสัปดาห์และไม่มีใครตอบ",
    "he": "מכונת הקפה החדשה התקלקלה אחרי שבועיים ואף אחד לא עונה",
}
NO_LANGUAGE = [
    "",
    " \n\t",
    "😀😀🔥",
    "12345 !!! 10:30",
    "https://example.org/a/guten-tag",
    "@lumora #kaffee",
    "ok",
    "haha",
]
NASTY = [
    "\x00",
    "a\x00b",
    "\ud800 lone",
    "\u202e\u200f\u200b",
    "e\u0301" * 400,
    "x" * 100_000,
    "\U0010ffff",
    "null",
]


@pytest.mark.parametrize("language", TEXTS)
def test_a_sentence_has_its_language(language):
    [(found, probability)] = detect([TEXTS[language]])
    assert found == language
    assert 0.9 < probability <= 1


def test_addresses_handles_and_hashtags_do_not_count():
    wrapped = [f"@guten_tag {text} #mañana https://example.org/bonjour" for text in TEXTS.values()]
    assert [found for found, _ in detect(wrapped)] == list(TEXTS)


@pytest.mark.parametrize("text", NO_LANGUAGE)
def test_without_words_there_is_no_language(text):
    [(found, probability)] = detect([text])
    assert found is None
    assert 0 <= probability < UNSURE


def test_nothing_at_all_has_no_language():
    assert detect([None]) == [(None, 0.0)]
    assert detect([]) == []


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_it(text):
    [(_, probability)] = detect([text])
    assert 0 <= probability <= 1


def test_hindi_in_latin_letters_is_hindi():
    found = detect(["yeh machine bahut acha hai bhai, coffee ka taste kya baat hai", "aap ko kya chahiye"])
    assert [code for code, _ in found] == ["hi", "hi"]


def test_a_word_that_other_languages_share_does_not_make_hindi():
    found = detect(
        ["Saya mau ke pasar pagi ini untuk beli kopi", "Der Hai und die Welle, ein Film über das Meer"]
    )
    assert [code for code, _ in found] == ["id", "de"]


def test_neighbours_and_repeats_change_no_answer():
    texts = [*TEXTS.values(), *NO_LANGUAGE, *NASTY]
    alone = [detect([text])[0] for text in texts]
    assert detect(texts) == alone
    assert detect([*reversed(texts), *texts]) == [*reversed(alone), *alone]


def test_a_slice_of_a_column_is_read_from_where_it_begins():
    codes, _ = detect_languages(pa.array(TEXTS.values())[3:6])
    assert codes.to_pylist() == list(TEXTS)[3:6]


def test_bulk_loads_are_not_held_up():
    texts = pa.array([f"{text} {number}" for number in range(500) for text in TEXTS.values()])
    detect_languages(texts[:10])
    started = time.process_time()
    detect_languages(texts)
    assert len(texts) / (time.process_time() - started) > 10_000
