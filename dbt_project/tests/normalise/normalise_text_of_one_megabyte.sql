select 'a text of 1 MB is trimmed at both ends and kept' as failure
from (select repeat('王芳 ', 250000) as document) as documents
where length({{ sluice.normalise_text("'　' || document") }}) <> 749999
