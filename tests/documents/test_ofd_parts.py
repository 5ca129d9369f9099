"""OFD files as they really lie: pages, templates, annotations and attachments at any path, composite units, invisible objects."""

from __future__ import annotations

import pytest

import opencheck as oc
from opencheck.core.personal_data import find_personal_data
from opencheck.records.disclosure_labels import locate_part
from sample_documents import ID, _zip

SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def text(content: str, top: float = 20, left: float = 20, more: str = "", width: float = 100) -> str:
    return f'<ofd:TextObject Boundary="{left} {top} {width} 8" {more}><ofd:TextCode>{content}</ofd:TextCode></ofd:TextObject>'


def page(objects: str, more: str = "") -> bytes:
    return f"<ofd:Page {SPACE}>{more}<ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>".encode()


def ofd(document: str, root: str = "Doc_0/Document.xml", **files: bytes) -> bytes:
    """A file with one document; names of further parts have __ for a slash."""
    head = f"<ofd:OFD {SPACE}><ofd:DocBody><ofd:DocRoot>{root}</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    parts = {"OFD.xml": head.encode(), root.lstrip("/"): f"<ofd:Document {SPACE}>{document}</ofd:Document>".encode()}
    return _zip(**parts, **{f"{n}.xml" if "." not in n else n: c for n, c in files.items()})


def pages(*locations: str) -> str:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="{loc}"/>' for n, loc in enumerate(locations, 1))
    return f"<ofd:Pages>{listed}</ofd:Pages>"


@pytest.mark.parametrize("root", ["Doc_0/Document.xml", "/Doc_0/Document.xml"])
@pytest.mark.parametrize(
    "location", ["anywhere/p2.xml", "/Doc_0/anywhere/p2.xml", "../Doc_0/anywhere/p2.xml", "Anywhere/P2.xml"]
)
def test_ofd_pages_are_read_at_their_location_and_in_their_order(root: str, location: str) -> None:
    data = ofd(pages(location, "p1.xml"), root, Doc_0__p1=page(text("第二页")), Doc_0__anywhere__p2=page(text(f"王某{ID}")))
    assert oc.documents.read(data, "a.ofd").text == f"王某{ID}\n第二页"


def test_ofd_listed_page_that_is_missing_is_told() -> None:
    document = oc.documents.read(ofd(pages("p1.xml", "p2.xml"), Doc_0__p1=page(text("第一页"))), "a.ofd")
    assert document.unread == [("unread.missing", {"name": "Doc_0/p2.xml"}), ("unread.page", {"page": 2})]
    assert len(oc.preflight(document, as_of="2018-08-28").notes) == 2


def test_ofd_templates_come_once_and_before_their_page() -> None:
    common = '<ofd:CommonData><ofd:TemplatePage ID="7" BaseLoc="head.xml"/></ofd:CommonData>'
    own = '<ofd:Template TemplateID="7"/>'
    data = ofd(
        common + pages("p1.xml", "p2.xml"),
        Doc_0__head=page(text("平政办发〔2018〕12号")),
        Doc_0__p1=page(text("第一页"), own),
        Doc_0__p2=page(text("第二页"), own),
    )
    assert oc.documents.read(data, "a.ofd").text == "平政办发〔2018〕12号\n第一页\n第二页"


def test_ofd_composite_units_are_part_of_the_page() -> None:
    inner = f'<ofd:CompositeGraphicUnit ID="5"><ofd:Content>{text(ID)}</ofd:Content></ofd:CompositeGraphicUnit>'
    outer = '<ofd:CompositeGraphicUnit ID="6"><ofd:Content><ofd:CompositeObject ResourceID="5"/><ofd:CompositeObject ResourceID="6"/></ofd:Content></ofd:CompositeGraphicUnit>'
    resources = f"<ofd:Res {SPACE}><ofd:CompositeGraphicUnits>{inner}{outer}</ofd:CompositeGraphicUnits></ofd:Res>".encode()
    data = ofd(
        "<ofd:CommonData><ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>" + pages("p1.xml"),
        Doc_0__PublicRes=resources,
        Doc_0__p1=page(text("名单", top=10) + '<ofd:CompositeObject ResourceID="6" Boundary="0 50 100 100"/>'),
    )
    assert oc.documents.read(data, "a.ofd").text == f"名单\n{ID}"


def test_ofd_annotations_attachments_and_what_no_list_names_are_searched() -> None:
    listed = f'<ofd:Annotations {SPACE}><ofd:Page PageID="1"><ofd:FileLoc>notes/n1.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>'.encode()
    note = f"<ofd:PageAnnot {SPACE}><ofd:Annot><ofd:Remark>请核对13905321234</ofd:Remark><ofd:Appearance>{text(ID)}</ofd:Appearance></ofd:Annot></ofd:PageAnnot>"
    files = f'<ofd:Attachments {SPACE}><ofd:Attachment Name="a"><ofd:FileLoc>files/list.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>'.encode()
    data = ofd(
        pages("p1.xml") + "<ofd:Annotations>A.xml</ofd:Annotations><ofd:Attachments>B.xml</ofd:Attachments>",
        Doc_0__p1=page(text("（此件公开发布）")),
        Doc_0__A=listed,
        Doc_0__notes__n1=note.encode(),
        Doc_0__B=files,
        Doc_0__old=page(text(f"旧稿{ID}") + text("（此件不予公开）", top=40)),
        **{"Doc_0__files__list.txt": f"名单{ID}".encode()},
    )
    document = oc.documents.read(data, "a.ofd")
    hits = find_personal_data(document.text)
    assert [(h.kind, locate_part(document.text, h.start)[0]) for h in hits] == [
        ("resident_id", "注释和图章"),
        ("mobile", "注释和图章"),
        ("resident_id", "隐藏的其他文字"),
        ("resident_id", "嵌入的文件 list.txt"),
    ]
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"
    assert document.unread == []


def test_ofd_invisible_objects_are_not_printed() -> None:
    data = ofd(pages("p1.xml"), Doc_0__p1=page(text("通知") + text("（此件公开发布）", top=40, more='Visible="false"')))
    document = oc.documents.read(data, "a.ofd")
    assert document.attribute is None
    assert "此件公开发布" in document.text


def test_ofd_objects_of_a_row_are_joined_and_cells_kept_apart() -> None:
    boxes = "".join(text(c, left=20 + 8 * n, width=4) for n, c in enumerate(ID))
    cells = text("1", top=40, left=20, width=4) + text(ID, top=40.2, left=60, width=60)
    document = oc.documents.read(ofd(pages("p1.xml"), Doc_0__p1=page(boxes + cells)), "a.ofd")
    assert document.text == "\t".join(ID) + f"\n1\t{ID}"
    assert [h.kind for h in find_personal_data(document.text)] == ["resident_id"] * 2


def test_ofd_page_of_private_characters_is_unread() -> None:
    data = ofd(pages("p1.xml", "p2.xml"), Doc_0__p1=page(text("通知")), Doc_0__p2=page(text("\ue001\ue002\ue003\ue004\ue005")))
    assert oc.documents.read(data, "a.ofd").unread == [("unread.garbled", {"page": 2})]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_ofd_objects_out_of_order_are_read_as_they_stand_on_the_page(order: tuple[int, ...]) -> None:
    objects = [
        text("关于公布结果的通知", top=20),
        text("身份证号", top=40, width=30),
        text(ID, top=40, left=60, width=60),
        text("（此件公开发布）", top=60),
    ]
    data = ofd(pages("p1.xml"), Doc_0__p1=page("".join(objects[n] for n in order)))
    document = oc.documents.read(data, "a.ofd")
    assert document.text.splitlines()[0] == "关于公布结果的通知"
    assert document.text.splitlines()[-1] == "（此件公开发布）"
    assert document.attribute is not None
    assert document.attribute.value == "主动公开"
    assert [h.kind for h in find_personal_data(document.text)] == ["resident_id"]


def line(code: str, more: str = "", box: str = "20 60 100 8", inner: str = "") -> str:
    return f'<ofd:TextObject Boundary="{box}" Size="4" {more}>{inner}{code}</ofd:TextObject>'


def code(content: str, more: str = 'X="0" Y="6"') -> str:
    return f"<ofd:TextCode {more}>{content}</ofd:TextCode>"


def sheet(*objects: str, more: str = "") -> bytes:
    area = "<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
    return ofd(area + pages("p1.xml") + more, Doc_0__p1=page(text("通知") + "".join(objects)))


@pytest.mark.parametrize(
    ("objects", "lines"),
    [
        (line(code("李园15201301982", 'X="0" Y="6" DeltaX="4 12 2 2 2 12 2 2 2 12 2 2"')), ["李园\t1520\t1301\t982"]),
        (line(code("身份证号" + ID, f'X="0" Y="6" DeltaX="g 4 4 g {len(ID)} 2"')), ["身份证号" + ID]),
        (line(code("公开属性", 'X="0" Y="6" DeltaX="g 3 4"') + code("2018", 'X="40" Y="6"')), ["公开属性\t2018"]),
        (
            line(code("第一行") + code(ID, 'X="0" Y="14"') + code("末行", 'X="0" Y="22"'), box="20 60 100 30"),
            ["第一行", ID, "末行"],
        ),
        (line(code("\n 正文\n")), ["正文"]),
        (line(code("坏", 'X="?" Y="6" DeltaX="g x 4 ?"')), ["坏"]),
    ],
)
def test_ofd_characters_of_an_object_are_cells_and_lines_by_their_distance(objects: str, lines: list[str]) -> None:
    document = oc.documents.read(sheet(objects), "a.ofd")
    assert document.text.split("\n") == ["通知", *lines]


LABEL = code("（此件公开发布）")


@pytest.mark.parametrize(
    "shape",
    [
        line(LABEL, inner='<ofd:FillColor Value="255 255 255"/>'),
        line(LABEL, inner='<ofd:FillColor Value="254 253 252"/>'),
        line(LABEL, inner='<ofd:FillColor Value="255"/>'),
        line(LABEL, inner='<ofd:FillColor Value="0 0 0" Alpha="0"/>'),
        line(LABEL, 'Alpha="0"'),
        line(LABEL, 'Fill="false"'),
        line(LABEL, box="20 300 100 8"),
        line(LABEL, box="-110 60 100 8"),
    ],
)
def test_ofd_label_that_nobody_sees_is_none(shape: str) -> None:
    document = oc.documents.read(sheet(shape), "a.ofd")
    assert document.attribute is None
    assert locate_part(document.text, document.text.index("此件"))[0] == "隐藏的文字"


@pytest.mark.parametrize(
    "shape",
    [
        line(LABEL, 'Fill="false" Stroke="true"'),
        line(LABEL, inner='<ofd:FillColor Value="255 0 0"/>'),
        line(LABEL, inner='<ofd:FillColor Value="180"/>'),
        line(LABEL, inner='<ofd:FillColor Value="0 0 0 0"/>'),
        '<ofd:PathObject Fill="true" Boundary="0 50 200 30"/>' + line(LABEL, inner='<ofd:FillColor Value="255 255 255"/>'),
        line(LABEL, box="20 290 100 8"),
    ],
)
def test_ofd_label_that_is_seen_counts(shape: str) -> None:
    assert oc.documents.read(sheet(shape), "a.ofd").attribute is not None


def test_ofd_glyphs_without_characters_and_outlines_are_told() -> None:
    glyphs = '<ofd:CGTransform CodePosition="0"><ofd:Glyphs>11 12 13</ofd:Glyphs></ofd:CGTransform>'
    assert oc.documents.read(sheet(line(code("　　　"), inner=glyphs)), "a.ofd").unread == [("unread.garbled", {"page": 1})]
    assert oc.documents.read(sheet(line(code("名单"), inner=glyphs)), "a.ofd").unread == []
    curves = f"<ofd:PathObject><ofd:AbbreviatedData>M 0 0{' B 1 1 2 2 3 3' * 3000} C</ofd:AbbreviatedData></ofd:PathObject>"
    assert oc.documents.read(sheet(curves), "a.ofd").unread == [("unread.large_pictures", {"count": 1})]


@pytest.mark.parametrize(
    "more",
    [
        f'<ofd:Outlines><ofd:OutlineElem Title="王某{ID}"/></ofd:Outlines>',
        f'<ofd:Actions><ofd:Action><ofd:URI URI="tel:{ID}"/></ofd:Action></ofd:Actions>',
        f"<ofd:CustomData Name='id'>{ID}</ofd:CustomData>",
        f"<ofd:Parameter Name='id'>{ID}</ofd:Parameter>",
    ],
)
def test_ofd_numbers_beside_the_pages_are_found(more: str) -> None:
    text = oc.documents.read(sheet(more=more), "a.ofd").text
    assert [locate_part(text, h.start)[0] for h in find_personal_data(text)] == ["链接、替代文字和文件属性"]
