"""Names, places and occupations of simulated people; the first of a list are the commonest."""

MALE = (
    "john william george james robert charles henry edward frederick thomas walter arthur richard david"
    " alexander alfred samuel joseph francis peter stephen michael andrew philip hugh patrick daniel"
    " benjamin anthony christopher nicholas edmund albert matthew martin lawrence augustus theodore"
    " ernest harold leonard stanley frank herbert percy reginald simon mark paul victor stefan louis"
    " gabriel dennis oliver julian adrian clement ralph roger"
).split()
FEMALE = (
    "mary elizabeth anne margaret jane sarah alice catherine florence helen emily charlotte eleanor"
    " frances dorothy edith emma grace ellen isabella harriet caroline louisa julia lucy agnes"
    " victoria rose susan martha katherine ethel gertrude beatrice barbara joan ruth patricia winifred"
    " marion constance nora clara sophia georgina henrietta charlene stefanie gabriele andrea denise"
    " michaela paula josephine pauline frederica alberta philippa olivia juliana"
).split()
NICKNAMES = {
    "john": ["jack", "johnny", "jon"], "william": ["bill", "will", "billy"], "james": ["jim", "jamie"],
    "robert": ["bob", "rob", "bobby"], "charles": ["charlie", "chas"], "henry": ["harry", "hal"],
    "edward": ["ted", "ned", "eddie"], "frederick": ["fred", "freddie"], "thomas": ["tom", "tommy"],
    "walter": ["wally", "walt"], "richard": ["dick", "rick"], "david": ["dave", "davy"],
    "alexander": ["alex", "sandy"], "alfred": ["alf", "fred"], "samuel": ["sam"], "joseph": ["joe"],
    "francis": ["frank"], "stephen": ["steve", "steven"], "michael": ["mike", "mick"], "andrew": ["andy"],
    "philip": ["phil", "pip"], "patrick": ["pat", "paddy"], "daniel": ["dan"], "benjamin": ["ben"],
    "anthony": ["tony"], "christopher": ["chris", "kit"], "nicholas": ["nick"], "albert": ["bert"],
    "mary": ["molly", "polly"], "elizabeth": ["liz", "betty", "beth", "eliza"], "anne": ["annie", "nancy"],
    "margaret": ["maggie", "peggy", "meg"], "sarah": ["sally"], "catherine": ["kate", "kitty"],
    "florence": ["flo"], "helen": ["nell"], "eleanor": ["nell", "nora"], "frances": ["fanny"],
    "dorothy": ["dolly", "dot"], "isabella": ["bella"], "harriet": ["hattie"], "caroline": ["carrie"],
    "victoria": ["vicky"], "susan": ["sue"], "martha": ["patty"], "katherine": ["kate", "kathy"],
    "gertrude": ["trudy"], "beatrice": ["bea"], "patricia": ["pat", "patsy"],
}  # fmt: skip
TITLES = ("sir", "dr", "rev", "lord", "lady", "mr", "mrs", "captain", "prof")
SURNAME_STARTS = (
    "smith jone brown hart wood ash black hill brad clay stan barn king white green thorn law ham"
    " wal rob john hol mar cart ben hutch rich wil dav tay mor ed har fox ever lang row pen whit"
).split()
SURNAME_ENDS = (
    "son s ley ton ford well er man field wick by worth ham bury land den more combe gate smith"
    " stone shaw wood house brook cott low croft"
).split()
PLACE_STARTS = (
    "new old north south east west nor sud king queen stoke wal ash brad chester kirk lin mill ox"
    " pem red stan thorn up wake york"
).split()
PLACE_ENDS = (
    "ton ham ford bury port wick ley field borough mouth by chester pool stead worth bridge minster"
    " cliffe marsh well"
).split()
OCCUPATIONS = (
    "politician writer cricketer clergyman footballer painter actor lawyer engineer physician"
    " merchant teacher soldier composer architect botanist journalist historian banker poet"
    " photographer publisher sculptor farmer judge explorer chemist printer brewer surgeon"
).split()
