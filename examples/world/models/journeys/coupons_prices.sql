select code from {{ ref('price_codes') }}
