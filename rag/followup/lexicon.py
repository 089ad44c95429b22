"""Words that say something about what is named beside them: lists of common English words, made by hand."""

__all__ = ["AUXILIARY", "DATES", "FEMALE", "GROUPS", "INSTITUTIONS", "MALE", "OPENERS", "RELATIONAL", "VERBS", "WORKS"]

AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|might|must|should|will|would)"
"""With which a question begins, or what stands behind its asking words, as a part of patterns."""
DATES = frozenset(
    """january february march april may june july august september october november december monday tuesday wednesday thursday
    friday saturday sunday""".split()
)
"""Months and days, which have capitals and name nothing."""
OPENERS = frozenset(
    """according additionally although among another any apart are aside based because besides did do does during despite either
    elsewhere even eventually every finally following further furthermore generally had has have he her here his however if in
    instead it its later like many meanwhile moreover most neither nor not note on once one only originally other others overall
    perhaps please several she similarly since some sometimes soon sorry still subsequently such thanks that the their then there
    therefore these they this those though three through thus today together two ultimately under unfortunately unlike until upon
    was were what when where whether which while who whose why with within without would yes no yet you your ok okay hi hello sure
    i i'm i've could can tell welcome you're it's that's""".split()
)
"""Words that open a sentence with a capital and name nothing."""
VERBS = frozenset(
    """ask asked asks call called come comes find get gets give given gives go goes got happen happens have help helps join
    joined keep last lasts lead leads learn live look looking looks make makes mean means need needed needs offer offered
    offers open pay pays put run runs say says start started starts take takes talk teach think want wants work worked works
    long many often old big far soon good best kind kinds type types sort apply attend exist part people person thing things time
    times way ways reason reasons number example examples letter letters name names word words else more
    took taken stand stands stood made came went gave got held hold holds since may might begin begins began end ends
    born built died met sold won written chosen wrote costs lasts covers happened""".split()
)
"""Verbs and general nouns that are no topic."""
INSTITUTIONS = frozenset(
    """abbey academy album albums america american army association award awards band bank billboard board book british canada cbs center
    central centre championship championships chicago church city club college committee company congress corporation council county
    court cup department district east edition england english european fc festival film foundation france french german germany
    government grammy group hall high hospital house institute international island islands king's league library live london los
    magazine music museum national north office olympics orchestra party press prize radio records river road school series show society
    south square st states street studio studios team theatre theater times tour tournament uk union united university us week west
    world york""".split()
)
"""Words in the names of things that are no person."""
MALE = frozenset(
    """adam alan albert alex alexander alfred allen andrew andy anthony arthur ben benjamin bernard bill billy bob bobby brad brandon
    brian bruce bryan carl charles charlie chris christopher chuck clark colin craig dan daniel danny dave david dean dennis derek
    donald doug douglas duncan ed eddie edgar edward edwin eric ernest evan francis frank fred frederick gary geoff george gerald
    gilbert glenn gordon graham greg gregory guy harold harry henry howard hugh ian isaac jack jacob jake james jamie jason jay jeff
    jeffrey jeremy jerry jesse jim jimmy joe joel john johnny jon jonathan joseph josh juan justin karl keith ken kenneth kevin kurt
    larry lawrence lee leo leon leonard lewis liam louis luke marcus mario mark martin marvin matt matthew max michael mick mike mitch
    nathan neil nicholas nick nigel noel norman oliver oscar otto owen patrick paul pedro pete peter phil philip ralph randy ray raymond
    rex richard rick rob robert robin rocky rod roger ron ronald ross roy russell ryan sam samuel scott sean shane sidney simon stan
    stanley stephen steve steven stuart ted terry theodore thomas tim timothy todd tom tommy tony travis trevor victor vincent walter
    wayne will william zach""".split()
)
"""Given names of men."""
FEMALE = frozenset(
    """abby agnes alice alicia alison amanda amy andrea angela angelina ann anna anne annie ashley audrey barbara beth betty 
    britney brenda carol caroline carrie catherine charlotte cheryl christina christine cindy claire clara courtney cynthia daisy
    deborah debbie diana diane donna doris dorothy edith elizabeth ella ellen emily emma erin ethel eva eve florence frances gail
    georgia gina gloria grace gwen hannah heather helen hillary holly irene isabel jackie jane janet janis jean jennifer jenny jessica
    jill joan joanna josephine joyce judith judy julia julie karen kate katherine kathleen kathy katie kelly kim laura lauren lily linda
    lisa lois loretta lucy lynn margaret maria marie marilyn martha mary maya megan melissa michelle miley molly monica
    nancy naomi natalie nicole nina olivia pamela patricia patti paula penny rachel rebecca rita rosa rose ruth sally samantha
    sandra sara sarah serena shannon sharon shirley sofia sophia sophie stephanie stella susan suzanne sylvia teresa tina
    tracy vanessa victoria virginia wendy whitney winnie zoe""".split()
)
"""Given names of women."""
GROUPS = frozenset("band group team company party duo trio orchestra club members member singles tour".split())
"""Nouns for a group of people and what belongs to one."""
WORKS = frozenset(
    "album albums song songs single singles film movie book novel show series record video game play comic story plot".split()
)
"""Nouns for a work that has a title."""
RELATIONAL = frozenset(
    """outcome result results reaction reactions response cause causes reason purpose aftermath effect effects impact consequence
    consequences similarity similarities difference differences plot lineup critics reviews singles single songs song album albums band
    members movie film book show series story game match tour author authors director cast team group winner score vote lawsuit issue issues
    problem problems solution solutions advantage advantages disadvantage disadvantages drawback drawbacks downside downsides""".split()
)
"""Nouns that are always of something: "the outcome" asks of what."""
