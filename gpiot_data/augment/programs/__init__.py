"""Programs that do what another program does, written for another target; nothing is executed here."""
