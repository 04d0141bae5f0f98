CREATE OR REPLACE FUNCTION daybook_provider(p_name text) RETURNS text
LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce((SELECT a.provider FROM provider_aliases a
    WHERE a.superseded_by IS NULL
      AND (a.alias = p_name OR (pg_catalog.right(a.alias, 1) = '*'
        AND pg_catalog.starts_with(p_name, pg_catalog.left(a.alias, -1))))
    ORDER BY a.alias = p_name DESC, pg_catalog.length(a.alias) DESC LIMIT 1), p_name)
$$;

COMMENT ON FUNCTION daybook_provider IS 'The one name of a provider, as the spellings say now';
REVOKE ALL ON FUNCTION daybook_provider FROM PUBLIC;
