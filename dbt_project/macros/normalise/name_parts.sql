{#
    Step one of comparing names: what names_contradict() reads, computed once per record. A select with one row per row of `relation`:
    key, and
      name          normalise_name(column)
      name_kind     full, partial or nickname; null without a name
      name_key      a form in which 'Wang Fang', 'Fang Wang' and 'wangfang' are equal; a Chinese name as it is, simplified
      name_script   of a full name: han, pinyin (Latin, all of it Chinese syllables) or latin
      name_surname, name_given, name_codes    of a Chinese name: characters, and a two-letter code for the sound of each of the given name
      name_head, name_tail    Latin letters: surname and given name as far as they can be distinguished, a Chinese name through pinyin
    Step two is a plain expression on two such rows:
        select ... from pairs inner join names as a on ... inner join names as b on ... where not <names_contradict('a', 'b')>
#}
{% macro name_parts(relation, key, column) %}
    with plain_names as (
        select {{ key }}, {{ sluice.name_without_notes(column) }} as plain_name
        from {{ relation }}
        {{ sluice.computed_once() }}
    ),

    {{ sluice.read_names('plain_names', key) }},

    character_sounds as (
        {{ sluice.character_sounds() }}
    ),

    {{ sluice.spelled_names('read_names', key, 'character_sounds') }}

    select * from spelled_names
{% endmacro %}

{#
    CTEs, the last of them read_names: of rows (key, plain_name), plain_name by name_without_notes(), each name in its form, what kind it is and
    in what script. Steps of their own, so that no expression holds another one twice.
#}
{% macro read_names(relation, key) %}
    untitled_names as (
        select
            {{ key }},
            {{ sluice.name_without_titles('plain_name') }} as untitled_name,
            {{ sluice.plain_name_is_nickname('plain_name') }} as is_nickname
        from {{ relation }}
        {{ sluice.computed_once() }}
    ),

    trimmed_names as (
        select {{ key }}, is_nickname, {{ sluice.trim_text('untitled_name') }} as trimmed_name
        from untitled_names
        {{ sluice.computed_once() }}
    ),

    given_names as (
        select {{ key }}, is_nickname, {{ sluice.null_for_none('trimmed_name') }} as name
        from trimmed_names
        {{ sluice.computed_once() }}
    ),

    judged_names as (
        select
            {{ key }},
            name,
            case
                when name is null then null
                when is_nickname then 'nickname'
                when {{ sluice.name_is_full('name') }} then 'full'
                else 'partial'
            end as name_kind
        from given_names
        {{ sluice.computed_once() }}
    ),

    read_names as (
        select
            {{ key }},
            name,
            name_kind,
            {{ sluice.name_script('name', 'name_kind') }} as name_script,
            case when {{ sluice.regexp_like('name', '^(' ~ sluice.compound_surnames() ~ ')') }} then 2 else 1 end as surname_length,
            case when name_kind = 'full' and {{ sluice.regexp_like('name', '^[a-z]') }} then {{ sluice.latin_words('name') }} end as latin_words
        from judged_names
        {{ sluice.computed_once() }}
    )
{% endmacro %}

{#
    CTEs, the last of them spelled_names: rows of read_names() with the parts of each name. `sounds` is a relation of the rows of
    character_sounds().
#}
{% macro spelled_names(relation, key, sounds) %}
    split_names as (
        select
            r.*,
            case when name_script = 'han' then substr(name, 1, surname_length) end as name_surname,
            case when name_script = 'han' then substr(name, surname_length + 1) end as name_given
        from {{ relation }} as r
        {{ sluice.computed_once() }}
    ),

    {# a sound of none: another script, or a rare character #}
    {% set places = {'a': ('name_surname', 1), 'b': ('name_surname', 2), 'c': ('name_given', 1), 'd': ('name_given', 2), 'e': ('name_given', 3)} %}
    sounded_names as (
        select
            s.*,
            case when s.name_script = 'han' then {{ sluice.joined_sounds('sound_code', ['c', 'd', 'e']) }} end as name_codes,
            case
                when s.name_script = 'han' then {{ sluice.joined_sounds('sound_letters', ['a', 'b']) }}
                when s.name_kind = 'full' then split_part(s.latin_words, '|', 1)
            end as name_head,
            case
                when s.name_script = 'han' then {{ sluice.joined_sounds('sound_letters', ['c', 'd', 'e']) }}
                when s.name_kind = 'full' then split_part(s.latin_words, '|', 2)
            end as name_tail
        from split_names as s
        {% for alias, place in places.items() %}
        left join {{ sounds }} as {{ alias }} on ascii(substr(s.{{ place[0] }}, {{ place[1] }}, 1)) = {{ alias }}.code_point
        {% endfor %}
        {{ sluice.computed_once() }}
    ),

    spelled_names as (
        select
            {{ key }},
            name,
            name_kind,
            case when name_script in ('pinyin', 'latin') then {{ sluice.sorted_pair('name_head', 'name_tail') }} else name end as name_key,
            name_script,
            name_surname,
            name_given,
            name_codes,
            name_head,
            name_tail
        from sounded_names
    )
{% endmacro %}

{% macro joined_sounds(column, aliases) -%}
    {% set parts = [] %}
    {% for alias in aliases %}{% do parts.append('coalesce(' ~ alias ~ '.' ~ column ~ ", '')") %}{% endfor %}
    {{ return(parts | join(' || ')) }}
{%- endmacro %}

{#
    A query: each Chinese character from U+4E00 to U+9FA5 as its code point, with the two-letter code of its sound, and the sound in Latin letters.
    As rows, not as an expression of each name: the table of codes is 42 KB long.
#}
{% macro character_sounds() %}
    select code_point, sound_code, {{ sluice.letters_of_code('sound_code') }} as sound_letters
    from (
        select n + 19967 as code_point, {{ sluice.table_entry(sluice.syllable_codes(), 'n - 1', 2) }} as sound_code
        from {{ sluice.numbers(20902) }} as characters
        {{ sluice.computed_once() }}
    ) as codes
{% endmacro %}

{# A form of a name to compare: Chinese simplified, Latin as surname and given name in the order of the alphabet. #}
{% macro name_key(column) -%}
    {% set name = sluice.normalise_name(column) %}
    {% set words = sluice.latin_words(name) %}
    case
        when {{ sluice.name_is_full(name) }} and {{ sluice.regexp_like(name, '^[a-z]') }} then {{ sluice.sorted_pair("split_part(" ~ words ~ ", '|', 1)", "split_part(" ~ words ~ ", '|', 2)") }}
        else {{ name }}
    end
{%- endmacro %}

{% macro sorted_pair(a, b) -%}
    {{ return("trim(both ' ' from least(" ~ a ~ ', ' ~ b ~ ") || ' ' || greatest(" ~ a ~ ', ' ~ b ~ "))") }}
{%- endmacro %}

{# han, pinyin or latin for a full name, else null. Names that are both English and Chinese syllables (Linda, Mike) count as latin. #}
{% macro name_script(name, kind) -%}
    {% set words = "replace(replace(replace(" ~ name ~ ", '-', ''), '.', ''), chr(39), '')" %}
    case
        when {{ kind }} <> 'full' then null
        when {{ sluice.regexp_like(name, '^[一-龥]') }} then 'han'
        when {{ sluice.regexp_like(words, '(^| )(' ~ sluice.english_given_names() ~ ')( |$)') }} then 'latin'
        when {{ sluice.regexp_like(words, '^((' ~ sluice.pinyin_syllables() ~ ')+ ?)+$') }} then 'pinyin'
        when {{ kind }} = 'full' then 'latin'
    end
{%- endmacro %}

{# 'wang|xiaoming' of "wang xiao-ming", "xiaoming wang" and "wangxiaoming": the surname of China first, else the last word. #}
{% macro latin_words(name) -%}
    {% set plain = "replace(replace(replace(" ~ name ~ ", '-', ''), '.', ' '), chr(39), '')" %}
    {% set steps = [
        (' +', ' '),
        ('^ | $', ''),
        (sluice.squashed_pinyin_pattern(), '\\1|\\2'),
        ('^(' ~ sluice.surname_sounds() ~ ') ([^|]+)$', '\\1|\\2'),
        ('^([^|]+) ([^ |]+)$', '\\2|\\1'),
        (' ', ''),
    ] %}
    {% set state = namespace(sql=plain) %}
    {% for pattern, replacement in steps %}{% set state.sql = sluice.regexp_replace_all(state.sql, pattern, replacement) %}{% endfor %}
    {{ return(state.sql) }}
{%- endmacro %}

{# The syllable of a code in Latin letters. #}
{% macro letters_of_code(code) -%}
    {% set place = '(ascii(substr(' ~ code ~ ', 1, 1)) - 65) * 26 + ascii(substr(' ~ code ~ ', 2, 1)) - 97' %}
    {{ return("replace(" ~ sluice.table_entry(sluice.syllable_letters(), place, 6) ~ ", ' ', '')") }}
{%- endmacro %}
