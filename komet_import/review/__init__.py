"""From a table of texts to a plan: matching, rules, draft, plan. Pure: nothing here reads or writes anything."""
