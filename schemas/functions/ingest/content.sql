-- What a record said, from its row: not where it came from, and not what it was priced at. A column that is null is one
-- that the record does not have. One that a later release has added is not known to the rows of this one. The spellings
-- of providers may change. A record that does not say who counted its tokens, or was stored before that was read,
-- contradicts none that does.
CREATE OR REPLACE FUNCTION daybook_content(p_row jsonb, p_known jsonb) RETURNS jsonb
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT pg_catalog.jsonb_object_agg(c.key,
           CASE c.key WHEN 'provider' THEN pg_catalog.to_jsonb(daybook_provider(c.value #>> '{}')) ELSE c.value END)
    FROM pg_catalog.jsonb_each(p_row) AS c
   WHERE c.value <> 'null'::jsonb AND p_known ? c.key
     AND (c.key <> 'usage_source' OR p_known->c.key <> 'null'::jsonb)
     AND c.key NOT IN ('content_sha256', 'ingested_at', 'source_topic', 'source_partition', 'source_offset',
       'source_item')
     AND (c.key NOT IN ('cost', 'currency', 'cost_source', 'price_version') OR p_row->>'cost_source' = 'producer')
$$;

COMMENT ON FUNCTION daybook_content IS 'The columns of a row that are there, that p_known has and that its producer decides';
REVOKE ALL ON FUNCTION daybook_content FROM PUBLIC;
