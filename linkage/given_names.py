"""Variants of given names: nicknames, which are one person's, and pairs that differ by sex, which
are two people's though one letter or two differ.
"""

from functools import cache

TITLES = frozenset(
    "sir lord lady dame mr mrs ms miss mx dr prof professor rev reverend fr father sister captain"
    " capt major colonel col general gen lt sgt hon baron baroness count countess earl duke duchess"
    " prince princess herr frau dipl ing mag mme mlle monsieur madame don dona senor senora esq"
    " jr sr phd md".split()
)
#: These stand after a name too.
TITLES_AFTER = frozenset("esq jr sr phd md".split())
#: A name and its short or pet forms, one group a line.
NICKNAMES = """
alexander alex alec sandy sasha aleksandr alejandro lex
alexandra alex sandra sasha lexi
alfred alf alfie fred
albert al bert bertie
andrew andy drew
ann anne anna annie nancy nan
anthony antony tony anton
arthur art artie
barbara barb babs
beatrice bea trixie
benjamin ben benny
catherine katherine kathryn cathy kathy kate katie kitty kit cate
charles charlie chas chuck charley
charlotte lottie charlie
christina christine chris tina chrissy
christopher chris kit topher
clement clem
daniel dan danny
david dave davy davey
deborah debbie deb debra
dennis denis den denny
dorothy dot dolly dottie
edmund ed ned eddie
edward ed ted ned eddie teddy
eleanor nell ellie nora
elizabeth elisabeth liz lizzie beth betty betsy bess eliza elsie libby lisa
emily em emmy
ernest ernie
esther hester essie
eugene gene
florence flo flossie
frances fanny fran frankie
francis frank franz frankie
frederick frederic fred freddie freddy friedrich fritz
gabriel gabe
georgina georgie gina
geoffrey jeffrey geoff jeff
gerald gerry jerry
gertrude gertie trudy
gregory greg
harold harry hal
harriet hattie
helen nell ellen nellie
henrietta etta hetty
henry harry hal hank heinrich
herbert bert herb
hugh hughie hugo
isabella isabel bella belle izzy
jacob jake jack
james jim jimmy jamie jem
jane janie jenny
jennifer jenny jen
jessica jess jessie
joan joanie
johannes hans johann
john jack johnny jon johnnie
jonathan jon jonny nathan
joseph joe joey josef sepp
josephine jo josie
joshua josh
judith judy
kenneth ken kenny
lawrence laurence larry laurie
leonard len leo lenny
louis lewis lou louie
lucy lucie
margaret maggie peggy meg madge greta rita daisy marge
martha patty mattie
martin marty
mary molly polly may mamie
matilda tilly maud
matthew matt
maximilian max
michael mike mick mickey micky
nathaniel nat nate
nicholas nick nicky klaus
oliver ollie
pamela pam
patricia pat patty patsy trish
patrick pat paddy
peter pete
philip phillip phil pip
rachel rae
rebecca becky becca
reginald reg reggie
richard dick rick ricky rich dickie
robert rob bob bobby robbie bert rupert
roger rodge
ronald ron ronnie
samuel sam sammy
sarah sara sally sadie
sebastian seb basti
simon si
sophia sophie
stanley stan
stephen steven steve stevie
susan susanna susannah sue susie suzy
theodore ted theo teddy
theresa teresa terry tess
thomas tom tommy
timothy tim timmy
valentine val
victoria vicky vicki tori
vincent vince vinny
virginia ginny
walter walt wally wat
wilhelm willi willy
william will bill billy willie liam
winifred winnie
zachary zach zack
"""
#: A man's name and the woman's that looks like it, one pair a line.
PAIRS = """
andreas andrea
gabriel gabriele
michael michaela
michel michelle
nicolas nicole
nicola nicole
dennis denise
denis denise
francis frances
frank franka
claude claudia
mario maria
marius maria
julius julia
julian juliana
julien julienne
jan jana
jean jeanne
john joan
johannes johanna
johann johanna
luis luisa
louis louise
louis louisa
antonio antonia
alexander alexandra
alexandre alexandra
alexis alexia
aleksander aleksandra
christian christiane
christian christina
oliver olivia
olivier olivia
philip philippa
philipp philippa
robert roberta
victor victoria
viktor viktoria
patrick patricia
patrice patricia
daniel daniela
daniel danielle
emil emilia
emile emilie
eric erica
erik erika
george georgia
georg georgina
henry henrietta
charles charlene
charles charlotte
carl carla
karl karla
carlos carla
paul paula
paul pauline
joseph josephine
josef josefa
manuel manuela
martin martina
marcel marcella
simon simone
stefan stefanie
stephan stephanie
stephen stephanie
stefan stefania
valentin valentina
albert alberta
frederick frederica
friedrich friederike
wilhelm wilhelmina
ernest ernestine
bernhard bernadette
bernard bernadette
leo lea
leon leonie
dominik dominika
dominic dominique
adrian adriana
roman romana
sergio sergia
fernando fernanda
francesco francesca
francisco francisca
giovanni giovanna
ivan ivana
lucas lucia
luca lucia
raphael raphaela
rafael rafaela
rene renee
andre andrea
silvio silvia
sylvain sylvia
tobias tabea
henri henriette
jules julie
gerard geraldine
august augusta
augustus augusta
clement clementine
thomas thomasina
edwin edwina
harry harriet
ernst ernestine
heinrich henriette
karol karolina
pavel pavla
petr petra
peter petra
"""


@cache
def _nicknames() -> dict[str, frozenset[str]]:
    """Each name with the groups it is in, each named by its first."""
    groups: dict[str, set[str]] = {}
    for line in NICKNAMES.strip().splitlines():
        first, *others = line.split()
        for name in (first, *others):
            groups.setdefault(name, set()).add(first)
    return {name: frozenset(found) for name, found in groups.items()}


@cache
def _other_sex() -> dict[str, frozenset[str]]:
    """Each name with those that differ from it by sex."""
    pairs = {(a, b) for a, b in (line.split() for line in PAIRS.strip().splitlines())}
    found: dict[str, set[str]] = {}
    for man, woman in pairs:
        found.setdefault(man, set()).add(woman)
        found.setdefault(woman, set()).add(man)
    return {name: frozenset(others) for name, others in found.items()}


def without_titles(words: list[str]) -> list[str]:
    """The words without the titles before the name and those after it; all where there would be
    none left.
    """
    first = next((n for n, word in enumerate(words) if word not in TITLES), 0)
    last = len(words)
    while last > first + 1 and words[last - 1] in TITLES_AFTER:
        last -= 1
    return words[first:last]


def variants(words: list[str]) -> list[str]:
    """What given names are called by: themselves and the names they are short for."""
    known = {word for word in words if len(word) > 1}
    return sorted(known.union(*(_nicknames().get(word, frozenset()) for word in known)))


def of_other_sex(word: str) -> list[str]:
    """Names that are another person's though they look like a typing error of this one."""
    return sorted(_other_sex().get(word, frozenset()))
