"""English: the rule words of its shoppers."""

from __future__ import annotations

from snapshelf.understand.words import Phrases, Words, mapping, phrases, table, words

ENGLISH = Words(
    limits=table(
        {
            "<": """
                under, below, beneath, less than, lower than, cheaper than, smaller than, lighter than, shorter than,
                thinner than, not over, not above, no over, <
            """,
            "<=": """
                up to, upto, max, maximum, at most, no more than, not more than, not exceeding, within, no higher than,
                no heavier than, no larger than, no bigger than, no longer than, no wider than, not bigger than, not
                larger than, not heavier than, not longer than, a maximum of, maximum of, max of, budget of, budget is,
                budget, until, <=, ≤
            """,
            ">": """
                over, above, more than, greater than, higher than, bigger than, larger than, longer than, heavier than,
                wider than, taller than, not under, not below, >
            """,
            ">=": """
                from, at least, min, minimum, no less than, not less than, no smaller than, starting at, starting from,
                minimum of, a minimum of, min of, >=, ≥
            """,
            "~": """
                around, about, approximately, approx, roughly, circa, ca, close to, near, ~, ≈
            """,
        }
    ),
    after=table(
        {
            "<=": """
                or less, or under, or below, or cheaper, or lower, or smaller, or lighter, or shorter, and under, and
                below, and less, max, maximum, at most, tops, at the most
            """,
            ">=": """
                or more, or above, or over, or higher, or larger, or bigger, or longer, or heavier, and up, and above,
                and over, and more, upwards, +, min, minimum, at least, plus
            """,
        }
    ),
    between=words("between"),
    to=words("to, until, till, -, –, —"),
    joins=words("and, to, &, -, –"),
    priced=phrases("price, priced, prices, cost, costs, costing, budget, price range, spend, pay"),
    cheap=table(
        {
            "<": """
                cheap, cheapest, cheaper, budget, affordable, inexpensive, low cost, low price, low priced, bargain
            """,
            ">": """
                premium, luxury, luxurious, high end, expensive, upmarket, upscale, top of the range
            """,
        }
    ),
    kept=words("premium, luxury, luxurious, high end, upmarket, upscale"),
    turned=mapping("expensive: ≤, pricey: ≤, costly: ≤, cheap: ≥"),
    degrees=words("too, very, so, that, overly, really"),
    negators=phrases("""
        not, without, no, except, excluding, excl, w/o, but no, but not, except for, other than, apart from, dont want,
        do not want, anything but, isnt, arent
    """),
    passed=phrases("any, a, an, the, made of, made from, made with, of, in, with, from, by, for"),
    others=words("or, nor"),
    bound=phrases("""
        no show, no iron, no name, no drill, no touch, no fuss, no bake, no spill, no pull, no slip, no tie, no sew, no
        rinse, no wash, no heat, no knead, no cook, no wrinkle, no mess, no worries, no frost, no tears, no dig, no
        crease, no poo, do not disturb, forget me not, why not, not your, whether or not
    """),
    lacking=words("no, not, non, without, free, less, none, zero"),
    imitating=words("faux, fake, imitation, artificial, synthetic, vegan, mock, effect, look, like"),
    only=phrases("only, exclusively, just"),
    must=phrases("""
        must be, must have, has to be, have to be, needs to be, need to be, only, only in, strictly
    """),
    by=phrases("by, made by, from, by brand"),
    fits=phrases("""
        for, for my, for the, for a, for an, fits, fit, compatible with, compatible, works with, to fit, replaces
    """),
    brand=words("brand, make, manufacturer"),
    category=words("category, department, section"),
    size=phrases("size, sz, in size, sizes"),
    systems=words("eu, uk, us, fr, it"),
    sizes=Phrases.of(
        mapping("""
        extra small: xs, x small: xs, small: s, medium: m, large: l, extra large: xl, x large: xl, 2xl: xxl, xxl: 2xl,
        3xl: xxxl, xxxl: 3xl, one size: one size
    """)
    ),
    colours=words("color, colors, colour, colours, farbe, shade"),
    sized=words("size, sizes, clothing_size, shoe_size"),
    named=mapping("""
        screen: screen, display: screen, diagonal: diagonal, wide: width, width: width, tall: height, high: height,
        height: height, deep: depth, depth: depth, long: length, length: length, weighing: weight, weight: weight,
        weighs: weight, heavy: weight, thick: thickness, thickness: thickness, diameter: diameter, ram: ram, memory:
        memory, storage: storage, ssd: storage, hdd: storage, disk: storage, capacity: capacity, volume: volume,
        battery: battery, power: power, voltage: voltage, refresh: refresh, net: net, heel: heel, blade: blade, cable:
        cable, load: load
    """),
    counted=words("""
        year, years, yr, yrs, month, months, week, weeks, day, days, hour, hours, hrs, minute, minutes, min, mins,
        second, seconds, people, person, persons, player, players, guest, guests, piece, pieces, pcs, pack, packs, set,
        sets, item, items, calories, kcal, steps, pages, ingredients, guests, seats, seater, ports, times, percent, %,
        degrees, °, stars, star, reviews, cups, servings, kids, children, adults, plus, s, th, nd, rd, st, x, ply,
        count, ct, threads, thread, feet, foot, weeks, pockets, megapixels, cores, lumens, stone, miles, mph
    """),
    aged=words("""
        for, age, aged, ages, women, men, kids, children, boys, girls, ladies, man, woman, skin, people
    """),
    articles=words("a, an, the, my, one, each, every"),
    models=words("pro, air, promax, mi, zoom, vapor, ultra, mate, redmi, note"),
    vague=words("plus, +, max, maximum, min, minimum, tops, at most, at least, upwards"),
    connecting=words("""
        in, with, for, of, and, but, at, that, which, is, are, costs, cost, costing, price, priced, it, prices, price
        range, my, the, a, or, has, have, am, i, to, spend, pay, do, can, dont, want, from, must, be, under, by, range,
        please, :, ;, (, ), -, –, /
    """)
    | {","},
    stocked=phrases("in stock, available now, available today, on stock"),
    same=mapping("""
        gray: grey, color: colour, aluminum: aluminium, jewelry: jewellery, tyre: tire, fiber: fibre, pajama: pyjama,
        donut: doughnut, yoghurt: yogurt, television: tv, colorful: colourful, flavor: flavour, liter: litre, meter:
        metre, center: centre
    """),
    endings=(
        ("ies", "y"),
        ("sses", "ss"),
        ("shes", "sh"),
        ("ches", "ch"),
        ("xes", "x"),
        ("zzes", "zz"),
        ("ss", "ss"),
        ("us", "us"),
        ("is", "is"),
        ("oes", "o"),
        ("s", ""),
    ),
    function=words("""
        a, an, and, any, are, as, at, be, but, by, can, do, for, from, has, have, i, if, in, is, it, its, me, my, no,
        not, of, off, on, or, our, out, so, some, than, that, the, their, them, then, there, these, they, this, those,
        to, too, up, us, very, was, we, what, which, who, will, with, without, you, your
    """),
    everyday=words("""
        able, about, accessories, adult, adults, after, again, against, all, alternative, always, amazing, another,
        anything, around, autumn, baby, back, bath, beach, beautiful, because, bed, before, best, better, between, big,
        birthday, black, boss, both, boyfriend, boy, boys, brand, bright, brother, budget, buy, camping, case, cases,
        category, charge, cheap, cheaper, cheapest, child, children, christmas, clean, clear, clothes, cold, colour,
        comfortable, comfy, compatible, cook, cool, could, cover, cute, daily, dark, daughter, decent, deal, deals,
        different, dinner, dont, dry, during, each, easy, easter, elegant, enough, evening, ever, every, everyday,
        everyone, everything, except, expensive, extra, fancy, fashion, fast, father, fathers, favourite, female, find,
        fine, first, fit, fits, flat, floor, food, free, fresh, friend, friends, from, full, fun, funny, game, games,
        garden, gift, gifts, girl, girlfriend, girls, give, going, good, grandma, grandpa, great, green, guest, half,
        hand, handmade, hard, have, heavy, help, here, high, hiking, holiday, home, hot, house, husband, ideas, inside,
        interior, into, item, items, just, keep, kids, kind, kitchen, know, ladies, lady, large, last, latest, least,
        left, less, light, like, lightweight, little, live, living, long, look, looking, love, lovely, made, make, male,
        many, match, matching, maximum, medium, mens, might, mini, minimum, modern, more, morning, most, mother,
        mothers, much, must, name, natural, near, need, never, newborn, next, nice, night, none, nothing, office, older,
        only, open, orange, order, organic, other, outdoor, outside, over, pack, pair, parent, party, people, perfect,
        person, personal, pick, picnic, play, please, pocket, popular, portable, premium, present, presents, pretty,
        price, priced, quality, quick, quiet, really, recommended, replacement, right, romantic, room, running, safe,
        sale, same, school, search, season, sensitive, shop, short, should, show, side, similar, simple, single, sister,
        size, sizes, skin, sleep, slim, small, smart, snack, soft, something, spare, special, sport, sports, spring,
        stock, strong, stuff, stylish, summer, sunny, sweet, table, take, tall, teen, teenager, that, thick, thin,
        thing, things, this, time, today, tomorrow, tool, tools, toys, travel, trip, trendy, under, unisex, used, using,
        vacation, valentines, vintage, walking, wall, want, warm, wash, water, wear, wedding, weekend, well, white,
        wide, wife, will, winter, with, woman, womans, women, womens, work, working, world, would, year, years, yoga,
        young, your
    """),
    shades=words("light, dark, bright, pale, deep, hot, baby, neon, soft, pastel, matte, multi, royal, midnight"),
    following=words("""
        men, mens, man, women, womens, woman, kids, children, ladies, girls, girl, boys, boy, unisex, adults, teens,
        sale, deals, deal, online, shop, new, cheap, cheapest, best, please, small, large, big, medium, only, under,
        over, today, half, gift, good, long, short, wide, brand, size, sz, budget, price, max, less, more
    """),
    dimensions=words("width, height, depth, length, weight, thickness, diameter, volume, power, voltage"),
)
