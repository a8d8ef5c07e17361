"""Two small shops of our own: one that sells a bit of everything, and the sample shop."""
# ruff: noqa: E501

from functools import cache

from snapshelf.facts import Facts, facts_of
from snapshelf.sample.goods.make import goods
from snapshelf.types import Product
from snapshelf.understand import Vocabulary

# sku, title, brand, category, price, mpn, attributes
GENERAL = (
    ("TV-1001", "OLED TV with sound bar", "Veltron", "Electronics > TVs", 1399, "VT55OX9", {"screen_size_in": 55.0, "panel": "OLED", "color": "Black", "rating": 4.6}),
    ("TV-1002", "QLED smart TV", "Veltron", "Electronics > TVs", 2199, "VT65QX9", {"screen_size_in": 65.0, "panel": "QLED", "color": "Light Grey", "rating": 4.1}),
    ("TV-1003", "LED TV for small rooms", "Nordfell", "Electronics > TVs", 249, "NF32L2", {"screen_size_in": 32.0, "panel": "LED", "color": "White", "rating": 3.8}),
    ("TV-1004", "LED smart TV", "Nordfell", "Electronics > TVs", 449, "NF43L2", {"screen_size_in": 43.0, "panel": "LED", "color": "Black", "rating": 4.0}),
    ("LAP-2001", "Ultralight laptop for work", "Orbix", "Electronics > Laptops", 1299, "OBX-14A", {"screen_size_in": 14.0, "ram_gb": 16.0, "storage_gb": 512.0, "color": "Silver", "weight_kg": 1.2, "cores": 8.0, "rating": 4.4}),
    ("LAP-2002", "Gaming laptop", "Orbix", "Electronics > Laptops", 1899, "OBX-16G", {"screen_size_in": 16.0, "ram_gb": 32.0, "storage_gb": 1000.0, "color": "Black", "weight_kg": 2.4, "cores": 12.0, "rating": 4.7}),
    ("LAP-2003", "Student notebook computer", "Nordfell", "Electronics > Laptops", 499, "NF13N1", {"screen_size_in": 13.3, "ram_gb": 8.0, "storage_gb": 256.0, "color": "Blue", "weight_kg": 1.4, "cores": 4.0, "rating": 3.9}),
    ("PH-3001", "Smartphone with triple camera", "Orbix", "Electronics > Phones", 899, "OP-8PRO", {"screen_size_in": 6.1, "storage_gb": 128.0, "battery_mah": 4200.0, "color": "Black", "waterproof": True}),
    ("PH-3002", "Budget smartphone", "Nordfell", "Electronics > Phones", 179, "NFP-22", {"screen_size_in": 6.5, "storage_gb": 64.0, "battery_mah": 5000.0, "color": "Green", "waterproof": False}),
    ("HP-4001", "Noise cancelling over-ear headphones", "Klang", "Electronics > Headphones", 299, "KL-1000XM", {"wireless": True, "color": "Black", "rating": 4.8}),
    ("HP-4002", "Studio headphones", "Klang", "Electronics > Headphones", 89, "KL-200", {"wireless": False, "color": "Brown", "rating": 4.2}),
    ("HP-4003", "Sport earbuds", "Bluebird", "Electronics > Headphones", 49, "BB-E3", {"wireless": True, "waterproof": True, "color": "Pink", "rating": 4.0}),
    ("CB-5001", "USB-C charging cable", "Klang", "Electronics > Cables", 12, "KC-2M", {"length_m": 2.0, "color": "White"}),
    ("CB-5002", "HDMI cable", "Klang", "Electronics > Cables", 19, "KC-5M", {"length_m": 5.0, "color": "Black"}),
    ("TN-6001", "Toner cartridge", "Nordfell", "Electronics > Printers > Toner", 79, "CF283A", {"color": "Black"}),
    ("TN-6002", "Laser printer", "Nordfell", "Electronics > Printers", 229, "NFL-300", {"color": "White", "power_w": 400.0, "weight_kg": 8.5}),
    ("DR-7001", "Evening dress with belt", "Mirabelle", "Clothing > Dresses", 129, "", {"color": "Red", "size": "38", "material": "Silk"}),
    ("DR-7002", "Summer dress", "Mirabelle", "Clothing > Dresses", 59, "", {"color": "Dark Red", "size": "42", "material": "Cotton"}),
    ("DR-7003", "Leather dress", "No Limits", "Clothing > Dresses", 199, "", {"color": "Black", "size": "40", "material": "Leather"}),
    ("DR-7004", "Maxi dress with flowers", "Orange Tree", "Clothing > Dresses", 79, "", {"color": "Navy Blue", "size": "36", "material": "Linen"}),
    ("TS-7101", "Crew neck tee", "Under Oak", "Clothing > T-Shirts", 19, "", {"color": "White", "size": "M", "material": "Cotton", "organic": True}),
    ("TS-7102", "V-neck tee", "Under Oak", "Clothing > T-Shirts", 22, "", {"color": "Olive Green", "size": "XL", "material": "Organic Cotton", "organic": True}),
    ("TS-7103", "Running shirt", "Peak & Pine", "Clothing > T-Shirts", 35, "", {"color": "Blue", "size": "L", "material": "Polyester"}),
    ("JK-7201", "Rain jacket", "Peak & Pine", "Clothing > Jackets", 149, "", {"color": "Green", "size": "M", "material": "Nylon", "hood": True, "waterproof": True}),
    ("JK-7202", "Down jacket", "Peak & Pine", "Clothing > Jackets", 249, "", {"color": "Navy Blue", "size": "XXL", "material": "Polyester", "hood": True}),
    ("JK-7203", "Biker jacket", "No Limits", "Clothing > Jackets", 299, "", {"color": "Brown", "size": "S", "material": "Leather", "hood": False}),
    ("JK-7204", "Biker jacket for vegans", "No Limits", "Clothing > Jackets", 119, "", {"color": "Black", "size": "L", "material": "Faux Leather", "hood": False}),
    ("JN-7301", "Slim jeans", "Under Oak", "Clothing > Jeans", 69, "", {"color": "Blue", "size": "32", "material": "Denim"}),
    ("JN-7302", "Wide leg jeans", "Under Oak", "Clothing > Jeans", 75, "", {"color": "Light Grey", "size": "34", "material": "Denim"}),
    ("SN-8001", "Trail running sneakers", "Peak & Pine", "Shoes > Sneakers", 119, "", {"color": "Grey", "size": "42", "material": "Mesh", "waterproof": True}),
    ("SN-8002", "Canvas sneakers", "Sole Mates", "Shoes > Sneakers", 49, "", {"color": "White", "size": "39", "material": "Canvas"}),
    ("BT-8101", "Ankle boots", "Sole Mates", "Shoes > Boots", 139, "", {"color": "Brown", "size": "41", "material": "Suede"}),
    ("BT-8102", "Winter boots with lining", "Sole Mates", "Shoes > Boots", 159, "", {"color": "Black", "size": "44", "material": "Leather", "waterproof": True}),
    ("CO-9001", "Espresso beans dark roast", "Miller's", "Food > Coffee", 14, "", {"weight_g": 500.0, "organic": True, "flavour": ("hazelnut",)}),
    ("CO-9002", "Ground filter coffee", "Miller's", "Food > Coffee", 9, "", {"weight_g": 250.0, "flavour": ("vanilla",)}),
    ("CH-9101", "Milk chocolate bar", "Miller's", "Food > Chocolate", 3.5, "", {"weight_g": 100.0, "flavour": ("hazelnut", "orange")}),
    ("CH-9102", "Dark chocolate, no sugar added", "Orange Tree", "Food > Chocolate", 4.5, "", {"weight_g": 85.0, "flavour": ("mint",), "organic": True}),
    ("JU-9201", "Fresh pressed juice", "Orange Tree", "Food > Juice", 4, "", {"volume_ml": 1000.0, "flavour": ("orange", "apple"), "organic": True}),
    ("JU-9202", "Juice for lunch boxes", "Orange Tree", "Food > Juice", 1.2, "", {"volume_ml": 250.0, "flavour": ("apple",)}),
    ("MK-9301", "Oat drink", "Orange Tree", "Food > Milk", 2.4, "", {"volume_ml": 1000.0, "organic": True}),
    ("TB-A001", "Dining table for six", "Nordfell", "Furniture > Tables", 549, "", {"width_cm": 180.0, "depth_cm": 90.0, "height_cm": 75.0, "material": "Oak", "color": "Brown", "seats": 6.0}),
    ("TB-A002", "Coffee table", "Nordfell", "Furniture > Tables", 149, "", {"width_cm": 90.0, "depth_cm": 60.0, "height_cm": 45.0, "material": "Glass", "color": "White"}),
    ("SO-A101", "Corner sofa", "Casa Lina", "Furniture > Sofas", 1290, "", {"width_cm": 260.0, "depth_cm": 160.0, "height_cm": 85.0, "material": "Velvet", "color": "Dark Grey", "seats": 5.0}),
    ("SO-A102", "Two seater sofa", "Casa Lina", "Furniture > Sofas", 690, "", {"width_cm": 150.0, "depth_cm": 85.0, "height_cm": 80.0, "material": "Leather", "color": "Beige", "seats": 2.0}),
    ("CR-A201", "Dining chair", "Casa Lina", "Furniture > Chairs", 89, "", {"width_cm": 45.0, "depth_cm": 50.0, "height_cm": 90.0, "material": "Oak", "color": "White", "weight_kg": 5.5}),
    ("FC-B001", "Day cream with SPF 30", "L'Arôme", "Beauty > Face Creams", 29, "", {"volume_ml": 50.0, "skin_type": "dry", "scent": "rose"}),
    ("FC-B002", "Night cream", "L'Arôme", "Beauty > Face Creams", 45, "", {"volume_ml": 75.0, "skin_type": "sensitive", "scent": "unscented"}),
    ("SH-B101", "Repair shampoo", "L'Arôme", "Beauty > Shampoo", 12, "", {"volume_ml": 400.0, "scent": "lavender"}),
    ("PF-B201", "Eau de parfum", "Mirabelle", "Beauty > Perfume", 95, "", {"volume_ml": 100.0, "scent": "vanilla"}),
    ("DR-C001", "Cordless drill with two batteries", "Hammerhand", "Tools > Drills", 129, "HH-D18", {"voltage_v": 18.0, "weight_kg": 1.6, "power_w": 500.0}),
    ("DR-C002", "Hammer drill", "Hammerhand", "Tools > Drills", 89, "HH-D850", {"power_w": 850.0, "weight_kg": 2.3}),
    ("SW-C101", "Circular saw", "Hammerhand", "Tools > Saws", 159, "HH-S12", {"power_w": 1200.0, "weight_kg": 3.9}),
    ("KT-D001", "Electric kettle", "Nordfell", "Kitchen > Kettles", 39, "NF-K17", {"volume_ml": 1700.0, "power_w": 2200.0, "material": "Stainless Steel", "color": "Silver"}),
    ("PN-D101", "Non-stick frying pan", "Cheap Thrills", "Kitchen > Pans", 25, "", {"diameter_cm": 28.0, "material": "Aluminium", "color": "Black"}),
    ("PN-D102", "Cast iron frying pan", "Hammerhand", "Kitchen > Pans", 49, "", {"diameter_cm": 24.0, "material": "Cast Iron", "color": "Black"}),
)  # fmt: skip
GTIN = "4006381333931"


@cache
def general() -> Facts:
    """A shop in US dollars that sells a bit of everything."""
    return facts_of(
        Product(sku, title, brand=brand, category=category, price=float(price), currency="USD", mpn=mpn,
                gtin=GTIN if sku == "TN-6001" else "", stock=0 if sku == "TN-6002" else 5, attributes=held)
        for sku, title, brand, category, price, mpn, held in GENERAL
    )  # fmt: skip


@cache
def sample() -> Facts:
    """The sample shop, in euros, with the columns of its catalogue file."""
    return facts_of(
        Product(
            good.sku,
            good.title,
            brand=good.look.brand,
            category=good.kind.category,
            price=good.price,
            currency="EUR",
            stock=good.stock,
            gtin=good.gtin,
            mpn=good.mpn,
            attributes={
                name: value
                for name, value in (
                    ("color", good.colour),
                    ("material", good.look.material),
                    ("pattern", good.look.pattern),
                    ("size", good.size),
                )
                if value
            },
        )
        for good in goods(600, 7)
    )


@cache
def vocabularies() -> dict[str, Vocabulary]:
    """Name of a shop, as in queries.jsonl → its vocabulary."""
    return {"general": Vocabulary.of(general()), "sample": Vocabulary.of(sample())}
