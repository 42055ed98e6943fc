SELECT relname || ' ' || (xpath('/row/rows/text()', query_to_xml(format('SELECT count(*) AS rows FROM %I', relname), false, true, '')))[1]::text
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname;
