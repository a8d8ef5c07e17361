"""The kinds of goods: what each is called, how it is drawn, and what it comes in. One row a kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from snapshelf.sample.canvas import Canvas
from snapshelf.sample.look import Look
from snapshelf.sample.palette import BRIGHT, CLOTHES, GLAZES, LEATHERS, METALS, WOODS
from snapshelf.sample.shapes import (
    bags,
    bottoms,
    coats,
    cookware,
    food,
    footwear,
    fruit,
    kitchen,
    lamps,
    living,
    tech,
    tops,
)

LETTERS = ("S", "M", "L", "XL")
SHOES = ("38", "40", "42", "44")
CLOTH = ("plain", "plain", "striped", "checked", "dotted", "floral", "zigzag", "two-tone", "heathered", "tartan")
GLAZED = ("plain", "plain", "striped", "dotted", "speckled", "two-tone", "floral", "leafy", "starry", "zigzag")
PLAIN = ("plain",)


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` as in a title, ``category`` as on the shop's menu. ``traits``: name → the words to choose from.

    ``price`` from, to. ``sizes`` make variants; ``colours`` name paints; ``families`` is how often the kind comes
    relative to the others.
    """

    name: str
    category: str
    draw: Callable[[Canvas, Look], None]
    colours: tuple[str, ...]
    price: tuple[float, float]
    patterns: tuple[str, ...] = PLAIN
    materials: tuple[str, ...] = ()
    traits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sizes: tuple[str, ...] = ()
    accents: tuple[str, ...] = METALS
    use: str = "every day"


SLEEVE, FLAVOURS = ("short sleeve", "long sleeve"), tuple(food.TASTE)
PACK = {"pack": ("single", "pair", "tray of three")}
_FRUIT = ("apple", "orange", "mango", "cherry", "blueberry", "lemon")

KINDS = (
    Kind("t-shirt", "Clothing > Tops", tops.t_shirt, CLOTHES, (9, 35), CLOTH, ("cotton", "linen"), {"neck": ("crew neck", "v-neck", "scoop neck"), "sleeve": (*SLEEVE, "sleeveless")}, LETTERS),
    Kind("shirt", "Clothing > Tops", tops.shirt, CLOTHES, (25, 79), CLOTH, ("cotton", "linen", "flannel"), {"sleeve": SLEEVE}, LETTERS, use="work and weekends"),
    Kind("hoodie", "Clothing > Tops", tops.hoodie, CLOTHES, (35, 89), ("plain", "plain", "heathered", "two-tone", "camouflage"), ("fleece", "cotton"), {"front": ("zip", "pullover")}, LETTERS, use="cool evenings"),
    Kind("sweater", "Clothing > Tops", tops.sweater, CLOTHES, (39, 129), ("plain", "striped", "zigzag", "heathered"), ("wool", "cotton"), {"neck": ("roll neck", "crew neck")}, LETTERS, use="cold days"),
    Kind("jacket", "Clothing > Coats", coats.jacket, LEATHERS, (69, 249), ("plain", "plain", "camouflage"), ("nylon", "denim", "leather"), {"style": ("bomber", "puffer", "parka")}, LETTERS, use="wind and rain"),
    Kind("dress", "Clothing > Dresses", tops.dress, CLOTHES, (29, 149), ("plain", "floral", "dotted", "striped", "leafy", "checked"), ("cotton", "silk", "linen"), {"length": ("mini", "knee-length", "maxi"), "sleeve": ("sleeveless", "short sleeve")}, LETTERS, use="parties and summer days"),
    Kind("trousers", "Clothing > Trousers", bottoms.trousers, CLOTHES, (35, 99), ("plain", "plain", "pinstriped", "checked"), ("cotton", "wool", "linen"), {"fit": ("slim", "straight", "wide leg")}, LETTERS, use="work"),
    Kind("jeans", "Clothing > Trousers", bottoms.jeans, ("navy", "blue", "black", "grey", "sky blue"), (39, 119), PLAIN, ("denim",), {"fit": ("skinny", "straight", "bootcut")}, LETTERS),
    Kind("shorts", "Clothing > Trousers", bottoms.shorts, CLOTHES, (19, 55), ("plain", "striped", "leafy", "camouflage"), ("cotton", "linen"), {}, LETTERS, use="summer and sport"),
    Kind("skirt", "Clothing > Dresses", bottoms.skirt, CLOTHES, (25, 89), ("plain", "floral", "checked", "tartan", "dotted"), ("cotton", "wool"), {"style": ("mini", "midi", "pleated")}, LETTERS),
    Kind("socks", "Clothing > Accessories", bottoms.socks, CLOTHES, (5, 15), ("striped", "dotted", "plain", "starry", "zigzag"), ("cotton", "wool"), {"length": ("ankle", "crew", "knee-high")}),
    Kind("cap", "Clothing > Accessories", bottoms.cap, CLOTHES, (12, 35), ("plain", "plain", "camouflage"), ("cotton",), {}, use="sunny days"),
    Kind("beanie", "Clothing > Accessories", bottoms.beanie, CLOTHES, (12, 39), ("plain", "striped", "heathered"), ("wool",), {}, use="winter"),
    Kind("scarf", "Clothing > Accessories", bottoms.scarf, CLOTHES, (15, 69), ("tartan", "plain", "striped", "checked"), ("wool", "cashmere"), {}, use="winter"),
    Kind("sneakers", "Shoes", footwear.sneaker, CLOTHES, (39, 149), ("plain", "plain", "camouflage", "dotted"), ("canvas", "leather"), {"style": ("low-top", "high-top", "running")}, SHOES, use="running and walking"),
    Kind("boots", "Shoes", footwear.boot, LEATHERS, (69, 219), PLAIN, ("leather", "suede"), {"style": ("ankle", "mid-calf", "knee-high")}, SHOES, use="autumn and winter"),
    Kind("high heels", "Shoes", footwear.heel, LEATHERS, (49, 169), PLAIN, ("leather", "suede"), {"heel": ("kitten", "block", "stiletto")}, SHOES[:3], use="evenings out"),
    Kind("sandals", "Shoes", footwear.sandal, LEATHERS, (25, 89), PLAIN, ("leather", "suede"), {"style": ("strappy", "slide", "crossed")}, SHOES, use="the beach"),
    Kind("backpack", "Bags", bags.backpack, CLOTHES, (29, 119), ("plain", "plain", "leafy", "camouflage", "starry"), ("nylon", "canvas"), {}, use="school, work and trips"),
    Kind("tote bag", "Bags", bags.tote, CLOTHES, (12, 49), ("plain", "striped", "floral", "leafy"), ("canvas", "cotton"), {}, use="shopping"),
    Kind("handbag", "Bags", bags.handbag, LEATHERS, (59, 249), PLAIN, ("leather", "suede"), {}),
    Kind("suitcase", "Bags", bags.suitcase, BRIGHT, (79, 259), PLAIN, ("polycarbonate",), {"size": ("cabin", "medium", "large")}, use="travel"),
    Kind("umbrella", "Accessories", bags.umbrella, CLOTHES, (12, 45), ("plain", "dotted", "striped", "floral", "tartan"), ("nylon",), {}, accents=("black", "walnut", "silver"), use="rainy days"),
    Kind("mug", "Kitchen > Tableware", kitchen.mug, GLAZES, (6, 22), GLAZED, ("stoneware", "porcelain"), {}, use="coffee and tea"),
    Kind("teapot", "Kitchen > Tableware", kitchen.teapot, GLAZES, (19, 69), GLAZED, ("stoneware", "porcelain"), {}, use="tea for two"),
    Kind("bowl", "Kitchen > Tableware", kitchen.bowl, GLAZES, (7, 39), GLAZED, ("stoneware", "porcelain"), {}, use="soup and salad"),
    Kind("wine glass", "Kitchen > Tableware", cookware.wine_glass, ("burgundy", "crimson", "lemon", "blush"), (6, 29), PLAIN, ("crystal",), {"form": ("tulip", "balloon", "flute")}, use="dinner"),
    Kind("kettle", "Kitchen > Appliances", cookware.kettle, (*METALS, "red", "mint", "teal", "cream"), (29, 99), PLAIN, ("stainless steel", "enamel"), {"volume": ("1 l", "1.5 l", "1.7 l")}, use="boiling water"),
    Kind("cooking pot", "Kitchen > Cookware", cookware.pot, GLAZES, (29, 189), PLAIN, ("enamel", "cast iron"), {"volume": ("2 l", "4 l", "6 l")}, use="stews and pasta"),
    Kind("frying pan", "Kitchen > Cookware", cookware.pan, ("black", "charcoal", "copper", "red", "teal"), (19, 119), PLAIN, ("cast iron", "aluminium"), {"diameter": ("20 cm", "24 cm", "28 cm")}, use="eggs and steaks"),
    Kind("kitchen knife", "Kitchen > Cookware", cookware.knife, WOODS, (15, 129), PLAIN, ("wood", "steel"), {"blade": ("12 cm", "18 cm", "21 cm")}, use="chopping"),
    Kind("water bottle", "Kitchen > Bottles", kitchen.bottle, GLAZES, (12, 39), ("plain", "two-tone", "dotted", "leafy"), ("stainless steel",), {"volume": ("0.5 l", "0.75 l", "1 l")}, use="sport and travel"),
    Kind("desk lamp", "Home > Lamps", lamps.desk_lamp, GLAZES, (25, 99), PLAIN, ("metal",), {}, use="reading and work"),
    Kind("floor lamp", "Home > Lamps", lamps.floor_lamp, GLAZES, (49, 199), ("plain", "striped", "floral", "dotted"), ("linen", "cotton"), {}, use="the living room"),
    Kind("pendant lamp", "Home > Lamps", lamps.pendant, GLAZES, (39, 179), PLAIN, ("metal", "glass"), {"shade": ("dome", "cone", "globe")}, use="above the table"),
    Kind("chair", "Home > Furniture", living.chair, GLAZES, (39, 199), PLAIN, ("wood", "velvet"), {"back": ("slatted", "spindle", "upholstered")}, accents=WOODS, use="the dining room"),
    Kind("armchair", "Home > Furniture", living.armchair, CLOTHES, (149, 599), ("plain", "plain", "floral", "tartan"), ("velvet", "linen", "leather"), {}, accents=WOODS, use="reading"),
    Kind("sofa", "Home > Furniture", living.sofa, CLOTHES, (299, 1299), ("plain", "plain", "heathered"), ("velvet", "linen", "leather"), {}, accents=WOODS, use="the living room"),
    Kind("stool", "Home > Furniture", living.stool, GLAZES, (25, 99), PLAIN, ("wood", "metal"), {}, accents=WOODS, use="the kitchen bar"),
    Kind("table", "Home > Furniture", living.table, WOODS, (89, 699), PLAIN, ("wood",), {"top": ("round", "rectangular")}, accents=WOODS, use="meals with friends"),
    Kind("cushion", "Home > Textiles", bags.cushion, CLOTHES, (9, 39), CLOTH, ("cotton", "velvet", "linen"), {}, use="sofa and bed"),
    Kind("plant pot", "Home > Decoration", living.plant_pot, GLAZES, (8, 45), GLAZED, ("stoneware", "terracotta"), {}, use="house plants"),
    Kind("wall clock", "Home > Decoration", living.clock, GLAZES, (15, 79), PLAIN, ("wood", "metal"), {"shape": ("round", "square")}, accents=("red", "orange", "teal")),
    Kind("television", "Electronics > TVs", tech.television, ("black", "silver", "white"), (199, 1999), PLAIN, (), {"screen": ("32 inch", "43 inch", "55 inch", "65 inch"), "panel": ("OLED", "QLED", "LED")}, use="films and games"),
    Kind("headphones", "Electronics > Audio", tech.headphones, GLAZES, (29, 349), PLAIN, (), {"link": ("wireless", "wired")}, use="music and calls"),
    Kind("speaker", "Electronics > Audio", tech.speaker, WOODS, (39, 399), PLAIN, ("wood",), {"form": ("bookshelf", "tower", "portable")}, use="music at home"),
    Kind("watch", "Electronics > Watches", tech.watch, LEATHERS, (49, 399), PLAIN, ("leather", "steel"), {"style": ("classic", "smart")}),
    Kind("camera", "Electronics > Cameras", tech.camera, LEATHERS, (199, 999), PLAIN, (), {}, accents=("black", "silver", "charcoal"), use="travel photos"),
    Kind("smartphone", "Electronics > Phones", tech.phone, ("black", "silver", "gold", "blue", "pink", "green"), (149, 1199), PLAIN, (), {"memory": ("128 GB", "256 GB", "512 GB")}),
    Kind("laptop", "Electronics > Computers", tech.laptop, ("silver", "charcoal", "gold", "black"), (399, 1999), PLAIN, (), {"screen": ("13 inch", "14 inch", "16 inch")}, use="work and study"),
    Kind("apple", "Food > Fruit", fruit.apple, ("red", "green", "yellow"), (0.4, 1.2), PLAIN, (), PACK, use="a snack"),
    Kind("pear", "Food > Fruit", fruit.pear, ("green", "olive", "yellow"), (0.5, 1.3), PLAIN, (), PACK, use="a snack"),
    Kind("orange", "Food > Fruit", fruit.orange, ("orange",), (0.4, 1.1), PLAIN, (), PACK, use="juice or a snack"),
    Kind("lemon", "Food > Fruit", fruit.lemon, ("yellow", "green"), (0.3, 0.9), PLAIN, (), PACK, use="cooking and drinks"),
    Kind("banana", "Food > Fruit", fruit.banana, ("yellow", "green"), (0.3, 2.5), PLAIN, (), {"pack": ("single", "pair", "bunch")}, use="a snack"),
    Kind("cereal", "Food > Packaged", food.cereal, GLAZES, (2.5, 6), ("plain", "dotted", "striped"), (), {"flavour": ("honey", "chocolate", "strawberry", "oat", "corn")}, use="breakfast"),
    Kind("milk carton", "Food > Packaged", food.milk, GLAZES, (1.2, 3.5), PLAIN, (), {"flavour": ("vanilla", "oat", "chocolate", "strawberry")}, use="breakfast"),
    Kind("juice", "Food > Packaged", food.juice, GLAZES, (1.8, 4.5), PLAIN, (), {"flavour": _FRUIT}, use="breakfast"),
    Kind("jam", "Food > Packaged", food.jam, GLAZES, (2.2, 6.5), ("plain", "checked", "dotted"), (), {"flavour": ("strawberry", "cherry", "blueberry", "orange", "honey")}, use="toast"),
    Kind("canned food", "Food > Packaged", food.can, GLAZES, (0.9, 3), ("plain", "striped"), (), {"flavour": ("tomato", "pea", "corn", "mango")}, use="quick dinners"),
    Kind("chocolate bar", "Food > Packaged", food.chocolate, GLAZES, (1.1, 4.9), ("plain", "dotted", "leafy"), (), {"flavour": ("hazelnut", "mint", "orange", "strawberry", "vanilla")}, use="a treat"),
)  # fmt: skip
