"""The registration form: one question a page, without an account, without JavaScript."""
