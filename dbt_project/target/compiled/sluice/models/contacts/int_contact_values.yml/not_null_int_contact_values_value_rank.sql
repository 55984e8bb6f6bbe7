
    
    



select value_rank
from "warehouse"."contacts"."int_contact_values"
where value_rank is null


