{#
    A person's name in one form: half width, simplified, Latin in lower case, spaces folded and none between Chinese characters, without
    notes in brackets, emoji, Mr/Mrs/Ms/Dr before, and 先生 女士 小姐 老师 经理 ... after a surname or full name (总 after a surname only).
    A masked name keeps its stars. Null when nothing is left, or only a word for "none".
#}
{% macro normalise_name(column) -%}
    {{ return(sluice.normalise_text(sluice.name_without_titles(sluice.name_without_notes(column)))) }}
{%- endmacro %}

{# A name without notes, in lower case, spaces folded, and without what people are called before and after their names. #}
{% macro name_without_titles(name) -%}
    {% set surname = '(' ~ sluice.compound_surnames() ~ '|[' ~ sluice.surname_characters() ~ '])' %}
    {% set steps = [
        ('[' ~ sluice.emoji() ~ '\u200b-\u200f\u2060\ufeff]', ''),
        ('[ ,;]+', ' '),
        ('([一-龥]) +([一-龥])', '\\1\\2'),
        ('([一-龥]) +([一-龥])', '\\1\\2'),
        ('^ *(mr|mrs|ms|miss|dr|prof|sir|madam)([.] *| +)', ''),
        ('^(' ~ surname ~ '[一-龥*]*)(总经理|董事长|总监)$', '\\1'),
        ('^(' ~ surname ~ '[一-龥*]*)(先生|女士|小姐|老师|经理|主任|教授|医生|律师|同学|太太|夫人)$', '\\1'),
        ('^(' ~ surname ~ ')总$', '\\1'),
    ] %}
    {% set state = namespace(sql="lower(" ~ name ~ ")") %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}

{# Simplified and half width, notes in brackets left out, the dots within foreign names as one kind. #}
{% macro name_without_notes(column) -%}
    {% set text = sluice.half_width(sluice.to_simplified("cast(" ~ column ~ " as " ~ dbt.type_string() ~ ")")) %}
    {{ return(sluice.regexp_replace_all("translate(" ~ text ~ ", '[]{}<>【】〔〕•・‧×', '()()()()()···*')", '[(][^()]*[)]?', '')) }}
{%- endmacro %}

{% macro emoji() -%}
    {{ return('\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u2190-\u21ff\ufe0e\ufe0f') }}
{%- endmacro %}

{#
    True for what people call themselves rather than are called: digits, emoji, _ @ and other signs, words such as 用户 匿名 test, or more
    than six Chinese characters. A nickname says nothing about who somebody is.
#}
{% macro name_is_nickname(column) -%}
    {{ return(sluice.plain_name_is_nickname(sluice.name_without_notes(column))) }}
{%- endmacro %}

{# The same of a name without notes. #}
{% macro plain_name_is_nickname(name) -%}
    {% set plain = 'lower(' ~ name ~ ')' %}
    {% set signs = '[0-9_@#$%&+=~|/:!?' ~ sluice.emoji() ~ ']' %}
    {% set words = '(用户|网友|匿名|微信|客户|测试|会员|游客|顾客|访客|小店|旗舰店|客服|公司)|^ *(test|admin|user|guest|customer|anonymous|wx|tb) *$' %}
    coalesce({{ sluice.regexp_like(plain, signs ~ '|' ~ words ~ '|[一-龥]{7,}') }}, false)
{%- endmacro %}

{# True for a name that leaves open who it is: masked (王*芳), a surname only (王先生), one Latin word (Lucy), no surname known. #}
{% macro name_is_partial(column) -%}
    coalesce(not {{ sluice.name_is_nickname(column) }} and not {{ sluice.name_is_full(sluice.normalise_name(column)) }}, false)
{%- endmacro %}

{# True when a normalised name has surname and given name: 王芳, 欧阳娜娜, wang fang, wangfang, lucy wang. #}
{% macro name_is_full(name) -%}
    {{ return('(' ~ sluice.regexp_like(name, sluice.han_name_pattern() ~ '|' ~ sluice.latin_name_pattern())
        ~ ' and not ' ~ sluice.regexp_like(name, '某|^(' ~ sluice.compound_surnames() ~ ')$|^.(哥|姐|工|总|叔|姨|董|阿姨|师傅|老板|校长|局长|处长|主管|助理|老师)$|^(' ~ sluice.english_given_names() ~ ')$') ~ ')') }}
{%- endmacro %}

{% macro han_name_pattern() -%}
    {{ return('^((' ~ sluice.compound_surnames() ~ ')[一-龥]{1,2}|[' ~ sluice.surname_characters() ~ '][一-龥]{1,3})$') }}
{%- endmacro %}

{# Two words or more, or pinyin in one word that begins with a surname. Quotes stand as any letter. #}
{% macro latin_name_pattern() -%}
    {% set letter = '[a-z\u00c0-\u024f.-]' %}
    {{ return('^' ~ letter ~ '+([^ ]' ~ letter ~ '+)?( ' ~ letter ~ '+([^ ]' ~ letter ~ '+)?)+$|' ~ sluice.squashed_pinyin_pattern()) }}
{%- endmacro %}

{% macro squashed_pinyin_pattern() -%}
    {{ return('^(' ~ sluice.surname_sounds() ~ ')((' ~ sluice.pinyin_syllables() ~ ')+)$') }}
{%- endmacro %}

{# Latin syllables of Chinese, for a pattern. #}
{% macro pinyin_syllables() -%}
    {% set syllables = [] %}
    {% for n in range(sluice.syllable_letters() | length // 6) | reverse %}
        {% set syllable = sluice.syllable_letters()[n * 6:n * 6 + 6] | trim %}
        {% if syllable not in ['m', 'n', 'ng', 'hm', 'hng', 'o', 'e'] %}{% do syllables.append(syllable) %}{% endif %}
    {% endfor %}
    {{ return(syllables | join('|')) }}
{%- endmacro %}

{# English given names that read as Chinese syllables: they are no surname and given name in one word, and no pinyin. #}
{% macro english_given_names() -%}
    {{ return('anna|linda|mike|luke|tina|nina|mona|dina|lisa|lina|susan|ben|alan|dan|kate|june|jude|helena|hanna|amanda|leo|lea|lena|yolanda|'
        ~ 'diana|mia|lia|lee|ann|anne|jane|nana|suki|gene|dana|hal|wanda|rena|sue|pete|mei|maya|mila|nico|luna|maia|leila|layla|ada|ana|aileen') }}
{%- endmacro %}
