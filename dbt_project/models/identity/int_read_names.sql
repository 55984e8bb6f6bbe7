with {{ sluice.read_names(ref('int_written_names'), 'full_name') }}

select * from read_names
