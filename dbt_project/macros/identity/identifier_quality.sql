{#
    own, or why an identifier says nothing about who somebody is: role (a shared mailbox such as info@),
    fake (made up: 13800000000, test@test.com) or shared (on too many records).
#}
{% macro identifier_quality(type, value, record_count) -%}
    {% set mailbox = "split_part(" ~ value ~ ", '@', 1)" %}
    {% set provider = "split_part(split_part(" ~ value ~ ", '@', 2), '.', 1)" %}
    case
        when {{ type }} = 'email' and {{ regexp_like(mailbox, '^(info|sales|hr|admin|contact|service|support|marketing|office)$') }} then 'role'
        when {{ type }} = 'email' and ({{ mailbox }} = {{ provider }}
            or {{ regexp_like(mailbox, '^(test|x+|abc|none|null|na|no|1+|12|123|1234|12345|123456|1234567|12345678)$') }}) then 'fake'
        when {{ type }} = 'phone'
            and {{ regexp_like(value, '^[+]861[0-9]{2}(0{8}|1{8}|2{8}|3{8}|4{8}|5{8}|6{8}|7{8}|8{8}|9{8}|12345678|87654321|00138000)$') }} then 'fake'
        when {{ record_count }} > {{ var('identifier_max_records') }} then 'shared'
        else 'own'
    end
{%- endmacro %}
