import pytest

from index.readers.html.reader import read_webpage


def shown(html):
    return read_webpage(html.encode()).text


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "DISPLAY : None !important",
        "color:red;display:none;",
        "/* a:b; */display:/**/none",
        "visibility:hidden",
        "visibility: collapse",
        "opacity:0",
        "opacity: .01",
        "font-size:0",
        "font-size:0px",
        "font-size: 0.0em",
        "font-size:1px",
        "font:0/0 serif",
        "color:white",
        "color:#FFF",
        "color:#fefefe",
        "color:rgb(255, 255, 255)",
        "color: #ffffffff",
        "color:transparent",
        "color:rgba(0,0,0,0)",
        "color:rgb(0 0 0 / 0%)",
        "color:#123456;background:#123456",
        "color:black;background-color:#000",
        "position:absolute;left:-9999px",
        "text-indent:-9999px",
        "position:absolute; clip: rect(0, 0, 0, 0)",
        "clip:rect(1px,1px,1px,1px)",
        "clip-path: inset(50%)",
        "height:0;overflow:hidden",
        "max-height:0px; overflow:hidden",
        "content-visibility:hidden",
    ],
)
def test_what_is_styled_out_of_sight_is_no_text(style):
    assert shown(f"<p>a<p style='{style}'>no <b>no</b></p>b") == "a\n\nb"


@pytest.mark.parametrize(
    "style",
    [
        "display:block",
        "visibility:visible",
        "opacity:1",
        "opacity:0.5",
        "font-size:10px",
        "font-size:0.8em",
        "font:12px/1.5 serif",
        "color:red",
        "color:#eee",
        "color:white;background:navy",
        "color:white;background:#000 url(x.png)",
        "color:#fff;background-image:linear-gradient(red, blue)",
        "color:white;background:rgb(0,0,0)",
        "left:-10px",
        "left:-50%",
        "height:0",
        "overflow:hidden;height:10px",
        "color:inherit",
        "margin:-1000px",
        "nonsense",
        ":;:",
    ],
)
def test_what_is_styled_otherwise_is(style):
    assert shown(f"<p style='{style}'>a") == "a"


@pytest.mark.parametrize(
    "html",
    [
        "<p hidden>no</p>a",
        "<p hidden=until-found>no</p>a",
        "<p aria-hidden=true>no</p>a",
        "<font color=white>no</font>a",
        "<font color='#FFFFFF'>no</font>a",
        "<table bgcolor=black><tr><td><font color='#000000'>no</font></table>a",
        "<template><p>no</template>a",
        "<noscript>no</noscript>a",
        "<!-- no -->a",
        "<div style='display:none'><p style='display:block;color:red'>no</div>a",
        "<div style='visibility:hidden'>no<b style='visibility:visible'>a</b></div>",
        "<div style='font-size:0'>no<b style='font-size:12px'>a</b></div>",
        "<div style='font-size:0'>no<b style='font-size:2em'>no</b></div>a",
        "<div style='color:#fff'>no<b style='background:#000'>a</b></div>",
    ],
)
def test_what_is_around_and_what_is_said_by_attributes_counts(html):
    assert shown(html) == "a"


@pytest.mark.parametrize(
    "html",
    [
        "<td bgcolor=navy><font color=white>a</font>",
        "<body bgcolor=black><font color=white>a</font>",
        "<div background=dark.png><font color=white>a</font></div>",
        "<div style='background:#333'><p style='color:white'>a</div>",
        "<p aria-hidden=false>a",
        "<body style='display:none'>a",
        "<html hidden>a",
    ],
)
def test_light_letters_on_a_dark_ground_are_seen(html):
    assert shown(f"<table><tr>{html}</table>" if html.startswith("<td") else html) == "a"


@pytest.mark.parametrize(
    "css",
    [
        ".x{display:none}",
        "p { } .y, .x { color: red; display: none }",
        "/* .z{} */ #i{visibility:hidden}",
        "p.x{font-size:0}",
        "@import 'a.css'; .x{display:none}",
        "@media print {.a{display:block}} .x{opacity:0}",
        ".x{display:none",
    ],
)
def test_a_class_that_the_page_hides_is_hidden(css):
    end = "}" if css.endswith("none") else ""
    page = f"<p class='w x' id=i>no</p>a<style>{css}{end}</style>"
    assert shown(page) == "a", "wherever the rules stand"


@pytest.mark.parametrize(
    "css",
    [
        ".x{display:none} .x.active{display:block}",
        ".x{display:none} .x{display:block}",
        ".x p{display:none}",
        "@media print {.x{display:none}}",
        ".xx{display:none} #x{display:none}",
        ".x{color:white}",
        "/* .x{display:none} */",
        "} .y{color:red}",
    ],
)
def test_a_class_that_may_be_seen_is_not(css):
    assert shown(f"<style>{css}</style><p class=x id=i>a") == "a"


def test_rules_in_comments_and_scripts_are_none():
    rules = "<style>.x{display:none}</style>"
    assert shown(f"<!-- {rules} --><script>'{rules}'</script><p class=x>a") == "a"


def test_a_style_of_its_own_is_stronger_than_the_sheet():
    page = "<style>.x{display:none} .d{background:#000}</style>"
    assert shown(f"{page}<p class=x style='display:block'>a") == "a"
    assert shown(f"{page}<p class=d style='color:#fff'>a") == "a"
