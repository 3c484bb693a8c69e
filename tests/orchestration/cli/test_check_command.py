"""`listenhouse check` tells what is wrong with listening.yml, or what it listens for."""


def test_a_right_configuration_is_summed_up(listenhouse, home):
    home.config.write_text(
        "version: 1\nreporting: {time_zone: Europe/Berlin}\nlanguages: [en, de]\n"
        "brands: [{name: Lumora, terms: [lumora]}]\n"
        "rivals: [{name: Vento, terms: [vento]}, {name: Bora, terms: [bora]}]\n"
        "people: [{name: Ada, terms: [ada]}, {name: Bob, terms: [bob]}]\n"
        "sources: {demo: {enabled: true}}\n"
    )
    done = listenhouse("check")
    assert done.code == 0
    assert "Listens for 1 brand, 2 rivals, 2 people." in done.out
    assert "Sources: demo." in done.out
    assert "Europe/Berlin" in done.out


def test_mistakes_are_told_on_stderr_with_exit_code_2(listenhouse, home):
    home.config.write_text("version: 1\nbrand: []\nlanguages: [xx]\n")
    done = listenhouse("check")
    assert done.code == 2
    assert done.out == ""
    assert f"{home.config}:2: brand: is not a known key. Remedy: did you mean brands?" in done.err
    assert f"{home.config}:3: languages[0]: " in done.err
    assert "Traceback" not in done.err


def test_a_missing_configuration_is_told(listenhouse, home):
    home.config.unlink()
    done = listenhouse("check")
    assert done.code == 2
    assert "there is no such file" in done.err
