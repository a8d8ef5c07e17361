"""What shops of many sorts sell, as shoppers ask for it: against these a shelf learns what it does not sell.

Of our own writing. A phrase that the shelf does sell is left out when it is calibrated (`snapshelf.search.confidence`).
"""

PHRASES = tuple(
    """
    garden hose reel; lawn mower; hedge trimmer; bag of potting soil; tulip bulbs; rain barrel; wheelbarrow
    cordless drill; claw hammer; torque wrench; wall plugs; sandpaper; interior wall paint; silicone sealant
    extension ladder; winter tyres; windscreen wiper blades; engine oil 5w30; child car seat; roof box
    jump starter; motorcycle helmet; mountain bike; bicycle pump; bike lock; road bike pedals
    tent for four people; sleeping bag; climbing rope; fishing rod; football boots; tennis racket; yoga mat
    kettlebell; table tennis bats; ski goggles; ice skates; basketball hoop; acoustic guitar; violin strings
    digital piano; drum sticks; ukulele; trumpet mouthpiece; microphone stand; dog food; cat litter
    aquarium filter; hamster cage; bird seed; horse saddle; dog leash; flea collar; nappies; baby bottle
    pushchair; cot mattress; teething ring; building blocks; jigsaw puzzle; doll house; board game
    toy train set; remote control car; teddy bear; water pistol; modelling clay; colouring book; school satchel
    crime novel; cookbook; world atlas; poetry collection; comic book; calendar; dictionary; sheet music
    ballpoint pen; printer paper; stapler; ring binder; whiteboard markers; office chair; envelope
    paper shredder; laptop; graphics card; router; usb stick; mechanical keyboard; monitor arm
    laser printer toner; memory card; television; soundbar; smartphone case; camera tripod; drone; smart watch
    headphones; phone charger; washing machine; dishwasher tablets; vacuum cleaner bags; fridge freezer
    tumble dryer; steam iron; air conditioner; electric toothbrush; shampoo; sunscreen; lipstick; nail polish
    razor blades; perfume; hand cream; hair dryer; plasters; blood pressure monitor; vitamin d tablets
    reading glasses; hearing aid batteries; crutches; thermometer; wedding ring; pearl earrings; cufflinks
    gold necklace; wrist watch strap; evening dress; leather belt; woollen scarf; swimming trunks; hiking socks
    rain jacket; pyjamas; maternity jeans; ski gloves; bow tie; bathrobe; sofa bed; bunk bed; wardrobe
    curtain rail; duvet cover; bath mat; kitchen tap; shower head; mirror cabinet; bookshelf; toilet paper
    washing powder; bin liners; light bulb; batteries aa; smoke detector; door lock; security camera
    frozen pizza; oat milk; olive oil; basmati rice; dark chocolate; ground coffee; green tea; red wine
    sparkling water; chicken breast; salmon fillet; cheddar cheese; sourdough bread; tomato ketchup
    baby spinach; honey; peanut butter; train ticket; gift voucher; concert tickets; mortgage advice
    hotel in lisbon; car insurance; language course; surgical gloves; lab microscope; forklift; welding mask
    solar panel; heat pump; concrete mixer; industrial pallet; telescope; sewing machine; knitting wool
    oil paint set; picture frame; candle wax; origami paper; chess clock
    """.replace("\n", ";").split(";")
)
PHRASES = tuple(phrase.strip() for phrase in PHRASES if phrase.strip())
