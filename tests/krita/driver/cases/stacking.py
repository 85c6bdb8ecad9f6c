"""What lies at and below a layer, and a group put there: as if the rest were not in the picture."""

import random
from dataclasses import replace

from pictures import HEIGHT, SPACES, WIDTH, bytes_of, outside_is_same, picture, plan
from PyQt5.QtCore import QByteArray

from krita import Filter, InfoObject, Selection
from sfumato.core.types import Refusal
from sfumato.krita_io import layers
from sfumato.krita_io.documents import KritaDocuments
from sfumato.krita_io.nodes import find, identity
from sfumato.krita_io.scratch import open_scratch
from sfumato.krita_io.stack import standing
from sfumato.krita_io.underneath import seen
from sfumato_protocol.geometry import Rect

NEAR, FAR = Rect(100, 60, 200, 150), Rect(330, 200, 140, 150)


def case_nothing_above_is_the_picture_itself():
    with picture() as document:
        (base,) = document.topLevelNodes()
        added(document, "hidden", document.rootNode()).setVisible(False)
        where = standing(document, base)
        assert (where.above, where.covering, where.enclosed) == (identity(base), (), False)
        assert seen(document, where, (NEAR,))[0] == bytes_of(document, NEAR)


def case_below_a_layer_in_every_supported_space():
    for colour in SPACES:
        with picture(colour) as document:
            root = document.rootNode()
            wanted = added(document, "base", root, colour)
            added(document, "line art", root, colour)
            added(document, "grade", root, colour).setBlendingMode("multiply")
            check(document, wanted, ["line art", "grade"])


def case_below_a_layer_in_groups_that_pass_through_and_in_such_that_do_not():
    for through in (True, False):
        with picture() as document:
            group = document.createGroupLayer("group")
            document.rootNode().addChildNode(group, None)
            group.setPassThroughMode(through)
            wanted = added(document, "inside", group)
            added(document, "above inside", group)
            added(document, "above outside", document.rootNode())
            where = check(document, wanted, ["above inside", "above outside"])
            assert where.enclosed is not through


def case_above_a_group_that_alters_what_it_holds():
    changes = {
        "faint": lambda group: group.setOpacity(100),
        "multiplied": lambda group: group.setBlendingMode("multiply"),
        "hidden": lambda group: group.setVisible(False),
        "locked": lambda group: group.setLocked(True),
        "masked": lambda group: group.addChildNode(a_mask(), None),
    }
    for name, change in changes.items():
        with picture() as document:
            group = document.createGroupLayer("group")
            document.rootNode().addChildNode(group, None)
            inside = added(document, "inside", group)
            added(document, "above inside", group)
            added(document, "above outside", document.rootNode())
            change(group)
            document.waitForDone()
            where = standing(document, inside)
            assert where.above == identity(group), name
            assert [node.name() for node in where.covering] == ["above outside"], name


def case_above_the_group_of_ours_that_the_layer_lies_in():
    with picture() as document:
        done = layers.insert(document, plan(SPACES[0], (NEAR,)))
        group = find(document, done.group)
        layer = group.childNodes()[0]
        for node in (group, layer, layer.childNodes()[0]):
            assert standing(document, node).above == done.group, node.name()


def case_what_earlier_jobs_put_right_above_the_layer_counts_with_it():
    with picture() as document:
        (base,) = document.topLevelNodes()
        first = layers.insert(document, replace(plan(SPACES[0], (NEAR,)), above=identity(base)))
        upper = replace(plan(SPACES[0], (FAR,)), above=first.group, provenance_key="sfumato.job.b")
        second = layers.insert(document, upper)
        added(document, "grade", document.rootNode())
        where = check(document, base, ["grade"])
        assert where.above == second.group
        assert standing(document, find(document, first.group)).above == first.group


def case_for_a_mask_above_its_layer_and_for_none_on_top():
    with picture() as document:
        layer = added(document, "masked", document.rootNode())
        mask = a_mask()
        layer.addChildNode(mask, None)
        assert standing(document, mask).above == identity(layer)
        assert standing(document, None).above == ""


def case_filters_and_styles_and_fills_look_as_in_the_whole_picture():
    def blurred(document):
        blur = Filter()
        blur.setName("gaussian blur")
        everywhere = Selection()
        everywhere.select(0, 0, WIDTH, HEIGHT, 255)
        return document.createFilterLayer("blur", blur, everywhere)

    def filled(document):
        everywhere = Selection()
        everywhere.select(0, 0, WIDTH, HEIGHT, 255)
        return document.createFillLayer("fill", "pattern", InfoObject(), everywhere)

    for make in (blurred, filled):
        with picture() as document:
            root = document.rootNode()
            added(document, "base", root)
            node = make(document)
            root.addChildNode(node, None)
            added(document, "above", root)
            wanted = next(one for one in document.topLevelNodes() if one.name() == node.name())
            check(document, wanted, ["above"])


def case_the_document_is_not_changed():
    with picture() as document:
        base = document.topLevelNodes()[0]
        added(document, "above", document.rootNode())
        document.setModified(False)
        before = bytes_of(document)
        seen(document, standing(document, base), (NEAR, FAR))
        assert bytes_of(document) == before and not document.modified()
        assert [node.visible() for node in document.topLevelNodes()] == [True, True]


def case_a_group_goes_above_its_layer_and_changes_nothing_outside_its_masks():
    with picture() as document:
        base = document.topLevelNodes()[0]
        group = document.createGroupLayer("group")
        document.rootNode().addChildNode(group, None)
        inside = added(document, "inside", group)
        added(document, "above inside", group)
        for node, parent in ((inside, "group"), (base, "root")):
            before = bytes_of(document)
            wanted = replace(plan(SPACES[0], (NEAR,)), above=identity(node))
            done = layers.insert(document, wanted)
            document.waitForDone()
            new = find(document, done.group)
            siblings = new.parentNode().childNodes()
            places = [one.name() for one in siblings]
            assert not done.astray
            assert places[places.index(node.name()) + 1] == wanted.group_name, (parent, places)
            assert outside_is_same(before, bytes_of(document), SPACES[0], NEAR)


def case_on_top_where_the_layer_is_gone_and_hidden_what_it_takes_the_place_of():
    with picture() as document:
        before = bytes_of(document)
        first = layers.insert(document, plan(SPACES[0], (NEAR,)))
        gone = added(document, "gone", document.rootNode())
        above = identity(gone)
        gone.remove()
        assert not first.astray
        again = replace(plan(SPACES[0], (FAR,), 255), above=above, hides=(first.group, "nobody"))
        second = layers.insert(document, again)
        document.waitForDone()
        assert second.astray
        assert identity(document.topLevelNodes()[-1]) == second.group
        assert not find(document, first.group).visible()
        assert outside_is_same(before, bytes_of(document), SPACES[0], FAR)


def case_a_prepared_group_is_the_same_and_its_scratch_document_is_nobodys():
    with picture() as document:
        documents, wanted = KritaDocuments(), plan(SPACES[0], (NEAR, FAR))
        pieces = 1
        while documents.prepare(document, wanted):
            pieces += 1
            assert documents.all() == (document,)
        assert pieces == 1 + len(wanted.layers)
        done = documents.insert(document, wanted)
        document.waitForDone()
        names = [one.name() for one in find(document, done.group).childNodes()]
        assert names == [spec.name for spec in wanted.layers]
        prepared = bytes_of(document)
    with picture() as document:
        layers.insert(document, wanted)
        document.waitForDone()
        assert bytes_of(document) == prepared


def case_a_group_that_would_look_different_as_one_layer_is_not_merged():
    with picture() as document:
        documents = KritaDocuments()
        group = documents.insert(document, plan(SPACES[0], (NEAR, FAR))).group
        before = bytes_of(document)
        for wanted in ("nobody", group):
            find(document, group).childNodes()[0].setBlendingMode("multiply")
            try:
                documents.merge(document, wanted)
            except Refusal:
                pass
            else:
                raise AssertionError("merged " + wanted)
        find(document, group).childNodes()[0].setBlendingMode("normal")
        document.waitForDone()
        assert len(document.topLevelNodes()) == 2
        assert bytes_of(document) == before


def case_a_selection_of_another_size_is_turned_down():
    with picture() as document:
        for coverage in (b"\xff" * 99, b"\xff" * 101):
            try:
                KritaDocuments().select(document, Rect(5, 5, 10, 10), coverage)
            except ValueError:
                assert document.selection() is None
            else:
                raise AssertionError("selected")


def check(document, node, names):
    """What is seen up to a node is what Krita shows without the layers of those names."""
    document.refreshProjection()
    document.waitForDone()
    where = standing(document, node)
    assert sorted(one.name() for one in where.covering) == sorted(names)
    pictures = [bytes(one) for one in seen(document, where, (NEAR, FAR))]
    with_all = bytes_of(document, NEAR)
    for one in where.covering:
        one.setVisible(False)
    document.refreshProjection()
    document.waitForDone()
    wanted = [bytes_of(document, area) for area in (NEAR, FAR)]
    assert wanted[0] != with_all, "the layers above are not seen"
    assert pictures == wanted
    return where


def added(document, name, parent, colour=SPACES[0]):
    """A layer of noise, half transparent."""
    layer = document.createNode(name, "paintlayer")
    size = {"U8": 1, "U16": 2}[colour.depth]
    content = bytearray(random.Random(name).randbytes(300 * 250 * 4 * size))
    layer.setPixelData(QByteArray(bytes(content)), 90, 50, 300, 250)
    parent.addChildNode(layer, None)
    document.waitForDone()
    return next(one for one in parent.childNodes() if one.name() == name)


def a_mask():
    scratch = open_scratch(8, 8, SPACES[0])
    mask = scratch.mask.clone()
    mask.setPixelData(QByteArray(b"\xff" * 10000), 100, 100, 100, 100)
    scratch.close()
    return mask
