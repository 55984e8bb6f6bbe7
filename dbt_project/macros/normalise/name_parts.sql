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
    from (
        select
            spoken.*,
            case
                when name_script = 'han' then {{ sluice.letters_of_codes('surname_codes', 2) }}
                when name_kind = 'full' then split_part(latin_words, '|', 1)
            end as name_head,
            case
                when name_script = 'han' then {{ sluice.letters_of_codes('name_codes', 3) }}
                when name_kind = 'full' then split_part(latin_words, '|', 2)
            end as name_tail
        from (
            select
                split.*,
                case when name_script = 'han' then {{ sluice.syllable_codes_of('name_surname', 2) }} end as surname_codes,
                case when name_script = 'han' then {{ sluice.syllable_codes_of('name_given', 3) }} end as name_codes
            from (
                select
                    classified.*,
                    case when name_script = 'han' then substr(name, 1, surname_length) end as name_surname,
                    case when name_script = 'han' then substr(name, surname_length + 1) end as name_given
                from (
                    select
                        kinds.*,
                        {{ sluice.name_script('name', 'name_kind') }} as name_script,
                        case when {{ sluice.regexp_like('name', '^(' ~ sluice.compound_surnames() ~ ')') }} then 2 else 1 end as surname_length,
                        case when name_kind = 'full' and {{ sluice.regexp_like('name', '^[a-z]') }} then {{ sluice.latin_words('name') }} end as latin_words
                    from (
                        select
                            named.*,
                            case
                                when name is null then null
                                when is_nickname then 'nickname'
                                when {{ sluice.name_is_full('name') }} then 'full'
                                else 'partial'
                            end as name_kind
                        from (
                            select
                                {{ key }},
                                {{ sluice.normalise_name(column) }} as name,
                                {{ sluice.name_is_nickname(column) }} as is_nickname
                            from {{ relation }}
                            {{ sluice.computed_once() }}
                        ) as named
                        {{ sluice.computed_once() }}
                    ) as kinds
                    {{ sluice.computed_once() }}
                ) as classified
                {{ sluice.computed_once() }}
            ) as split
            {{ sluice.computed_once() }}
        ) as spoken
        {{ sluice.computed_once() }}
    ) as parts
    {{ sluice.computed_once() }}
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

{# The two-letter codes of the sounds of the first `count` characters. #}
{% macro syllable_codes_of(text, count) -%}
    {% set parts = [] %}
    {% for n in range(1, count + 1) %}
        {% set point = 'ascii(substr(' ~ text ~ ', ' ~ n ~ ', 1))' %}
        {% do parts.append('case when ' ~ point ~ ' between 19968 and 40869 then ' ~ sluice.table_entry(sluice.syllable_codes(), point ~ ' - 19968', 2) ~ " else '' end") %}
    {% endfor %}
    {{ return('(' ~ parts | join(' || ') ~ ')') }}
{%- endmacro %}

{# The syllables in Latin letters of the first `count` codes. #}
{% macro letters_of_codes(codes, count) -%}
    {% set parts = [] %}
    {% for n in range(count) %}
        {% set place = '(ascii(substr(' ~ codes ~ ', ' ~ (2 * n + 1) ~ ', 1)) - 65) * 26 + ascii(substr(' ~ codes ~ ', ' ~ (2 * n + 2) ~ ', 1)) - 97' %}
        {% do parts.append('case when length(' ~ codes ~ ') > ' ~ (2 * n) ~ ' then ' ~ sluice.table_entry(sluice.syllable_letters(), place, 6) ~ " else '' end") %}
    {% endfor %}
    {{ return("replace(" ~ parts | join(' || ') ~ ", ' ', '')") }}
{%- endmacro %}
