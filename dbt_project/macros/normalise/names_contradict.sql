{#
    True only when two names cannot be one person's: the guard on joining two records by a phone they share. `a` and `b` are aliases of
    rows of name_parts(). Both names must be full; partial names, nicknames and missing names contradict nothing.
      Chinese and Chinese: other surnames, unless they sound alike and the given name is the same; or given names with no character and no
        sound in common (王伟 and 王玮 agree, 王芳 and 王芳芳 too).
      Chinese and pinyin, or two in pinyin: no common word and other initials; or one common word, and the other words begin with
        different letters and neither holds the other (王芳 and Wang Lei).
      Two English names: the same, and short forms (Bill for William) agree.
      An English and a Chinese name: no common word and other initials (Lucy Wang does not contradict 王芳).
    One edit in four letters, at most two, is a typo.
#}
{% macro names_contradict(a, b) -%}
    {% set head_a, tail_a, head_b, tail_b = a ~ '.name_head', a ~ '.name_tail', b ~ '.name_head', b ~ '.name_tail' %}
    coalesce(
        {{ a }}.name_kind = 'full' and {{ b }}.name_kind = 'full' and {{ a }}.name <> {{ b }}.name
        and case
            when {{ a }}.name_script = 'han' and {{ b }}.name_script = 'han' then {{ sluice.han_names_contradict(a, b) }}
            when {{ sluice.is_typo(head_a ~ ' || ' ~ tail_a, head_b ~ ' || ' ~ tail_b) }} then false
            when {{ sluice.is_typo(head_a ~ ' || ' ~ tail_a, tail_b ~ ' || ' ~ head_b) }} then false
            when {{ head_a }} = {{ head_b }} then {{ sluice.given_words_contradict(a, b, tail_a, tail_b) }}
            when {{ head_a }} = {{ tail_b }} then {{ sluice.given_words_contradict(a, b, tail_a, head_b) }}
            when {{ tail_a }} = {{ head_b }} then {{ sluice.given_words_contradict(a, b, head_a, tail_b) }}
            when {{ tail_a }} = {{ tail_b }} then {{ sluice.given_words_contradict(a, b, head_a, head_b) }}
            else not (
                (substr({{ head_a }}, 1, 1) = substr({{ head_b }}, 1, 1) and substr({{ tail_a }}, 1, 1) = substr({{ tail_b }}, 1, 1))
                or (substr({{ head_a }}, 1, 1) = substr({{ tail_b }}, 1, 1) and substr({{ tail_a }}, 1, 1) = substr({{ head_b }}, 1, 1))
            )
        end,
        false
    )
{%- endmacro %}

{% macro han_names_contradict(a, b) -%}
    {% set given_a, given_b, codes_a, codes_b = a ~ '.name_given', b ~ '.name_given', a ~ '.name_codes', b ~ '.name_codes' %}
    case
        when {{ a }}.name_surname <> {{ b }}.name_surname then
            not ({{ given_a }} = {{ given_b }} and {{ a }}.name_head = {{ b }}.name_head)
            and position({{ a }}.name in {{ b }}.name) = 0 and position({{ b }}.name in {{ a }}.name) = 0
        else
            position(substr({{ given_a }}, 1, 1) in {{ given_b }}) = 0
            and position(right({{ given_a }}, 1) in {{ given_b }}) = 0
            and position(substr({{ codes_a }}, 1, 2) in {{ codes_b }}) = 0
            and position(right({{ codes_a }}, 2) in {{ codes_b }}) = 0
    end
{%- endmacro %}

{% macro is_typo(a, b) -%}
    {{ sluice.edit_distance(a, b) }} <= least(2, length({{ a }}) / 4)
{%- endmacro %}

{#
    The words beside a common one: both Chinese or both not, beginning with different letters, neither within the other, and no pair of
    an English name and its short form (John and Mary Smith contradict, Bill and William Smith do not).
#}
{% macro given_words_contradict(a, b, word_a, word_b) -%}
    (({{ a }}.name_script = 'latin') = ({{ b }}.name_script = 'latin') and substr({{ word_a }}, 1, 1) <> substr({{ word_b }}, 1, 1)
        and position({{ word_a }} in {{ word_b }}) = 0 and position({{ word_b }} in {{ word_a }}) = 0
        and position(' ' || least({{ word_a }}, {{ word_b }}) || '=' || greatest({{ word_a }}, {{ word_b }}) || ' ' in '{{ sluice.short_forms() }}') = 0)
{%- endmacro %}

{# Usual short forms of English names that begin with another letter, as least=greatest. #}
{% macro short_forms() -%}
    {{ return(' bill=william billy=william will=william liam=william bob=robert bobby=robert dick=richard rick=richard ted=theodore ted=edward '
        ~ 'edward=ned hal=harry henry=hank harry=henry jack=john chuck=charles charles=chuck meg=margaret margaret=peggy margaret=peg '
        ~ 'elizabeth=liz elizabeth=lizzy elizabeth=lisa beth=elizabeth betty=elizabeth bess=elizabeth elizabeth=libby eleanor=nell '
        ~ 'anthony=tony alexander=sandy alexander=sasha andrew=drew james=jim jim=james antoinette=toni dorothy=dot dolly=dorothy '
        ~ 'mary=polly mary=molly martha=patty patricia=tricia barbara=babs katherine=kitty catherine=kate catherine=kitty catherine=kathy '
        ~ 'jill=gillian gillian=jill alexandra=sandra ann=nancy anne=nancy frances=fanny helen=nell isabella=bella joseph=pepe sarah=sally '
        ~ 'peter=piet augustus=gus angus=gus fred=alfred alfred=fred frederick=rick henrietta=etta rebecca=becky susan=sukie thomas=tom ') }}
{%- endmacro %}
