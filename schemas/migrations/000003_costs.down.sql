SET LOCAL ROLE app_owner;

DROP VIEW costs;
DROP TABLE costs_monthly;
DROP TABLE costs_daily;
