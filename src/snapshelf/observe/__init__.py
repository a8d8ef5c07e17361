"""What a shelf does and costs, seen from outside: nothing here changes one."""
