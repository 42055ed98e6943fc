-- The two roles of the portal and its database: psql --file=deploy/roles.sql, as postgres. Then give each a password:
-- psql --command='\password portal_owner', and the same for portal_running.
CREATE ROLE portal_owner LOGIN;
CREATE ROLE portal_running LOGIN;
CREATE DATABASE portal OWNER portal_owner ENCODING 'UTF8' TEMPLATE template0;
