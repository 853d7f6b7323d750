"""Pages. A view finds whose things it is about, binds a form, calls one service and renders; a GET changes nothing."""
